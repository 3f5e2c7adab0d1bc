"""Diorama in PyTorch: the twin that trains the weights and is the oracle of the Swift engine."""
