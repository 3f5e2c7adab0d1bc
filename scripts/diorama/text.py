"""The text side of Diorama: WordPiece tokens and the hidden states of all-MiniLM-L6-v2.

Devlin et al., "BERT" (arXiv 1810.04805), Figure 2 and section 3; Wang et al., "MiniLM"
(arXiv 2002.10957). The twin of `Sources/Text`: same ids, same hidden states.

B  prompts of one length     L  tokens, [CLS] and [SEP] among them
D  width (384)               H  heads (12)
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch.nn import functional as F


def make_tokenizer(vocabulary: Path) -> Tokenizer:
    """BERT's uncased tokenizer, without the words [CLS], [SEP] … being more than text in a prompt.

    A prompt is a user's text: if it says `[SEP]`, it is the three words `[`, `sep`, `]`.
    """
    words = vocabulary.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    ids = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(
        models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100)
    )
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


class TextEncoder:
    """Prompts to token ids, and token ids to hidden states. Frozen; no gradients."""

    def __init__(self, directory: str | Path = "Weights/diorama", device: str = "cpu"):
        directory = Path(directory)
        self.tokenizer = make_tokenizer(directory / "tokenizer" / "vocab.txt")
        self.cls_id = self.tokenizer.token_to_id("[CLS]")
        self.sep_id = self.tokenizer.token_to_id("[SEP]")
        config = json.loads((directory / "text_encoder" / "config.json").read_text("utf-8"))
        self.device = device
        self.width: int = config["hidden_size"]
        self.heads: int = config["num_attention_heads"]
        self.layers: int = config["num_hidden_layers"]
        self.epsilon: float = config["layer_norm_eps"]
        self.limit: int = config["max_position_embeddings"]
        # Stored in bf16, computed in f32.
        self.weights = {
            key: value.to(device, torch.float32)
            for key, value in load_file(directory / "text_encoder" / "model.safetensors").items()
        }

    def tokenize(self, prompts: list[str]) -> list[list[int]]:
        """Token ids of every prompt, with [CLS] in front and [SEP] at the end."""
        encodings = self.tokenizer.encode_batch(prompts, add_special_tokens=False)
        return [[self.cls_id, *encoding.ids, self.sep_id] for encoding in encodings]

    def encode(self, prompts: list[str], batch: int = 256) -> list[np.ndarray]:
        """Hidden states [L, D] of every prompt, Float32, [CLS] and [SEP] among them."""
        return self.encode_ids(self.tokenize(prompts), batch)

    @torch.inference_mode()
    def encode_ids(self, ids: list[list[int]], batch: int = 256) -> list[np.ndarray]:
        """Hidden states [L, D] of every list of ids. Batches hold one length: no padding, no mask."""
        positions = defaultdict(list)
        for index, tokens in enumerate(ids):
            if len(tokens) > self.limit:
                raise ValueError(f"prompt {index} has {len(tokens)} tokens, limit {self.limit}")
            positions[len(tokens)].append(index)
        states: list[np.ndarray] = [np.empty(0)] * len(ids)
        for indices in positions.values():
            for start in range(0, len(indices), batch):
                part = indices[start : start + batch]
                tokens = torch.tensor([ids[index] for index in part], device=self.device)
                for index, hidden in zip(part, self.forward(tokens).cpu().numpy()):
                    states[index] = hidden.copy()
        return states

    def linear(self, x: torch.Tensor, name: str) -> torch.Tensor:
        return F.linear(x, self.weights[name + ".weight"], self.weights[name + ".bias"])

    def layer_norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = self.weights[name + ".weight"], self.weights[name + ".bias"]
        return F.layer_norm(x, (self.width,), weight, bias, self.epsilon)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """ids [B, L] → hidden states [B, L, D]."""
        B, L = tokens.shape
        words = self.weights["embeddings.word_embeddings.weight"][tokens]
        places = self.weights["embeddings.position_embeddings.weight"][:L]
        segment = self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self.layer_norm(words + places + segment, "embeddings.LayerNorm")
        for index in range(self.layers):
            layer = f"encoder.layer.{index}"
            q, k, v = (
                self.linear(x, f"{layer}.attention.self.{part}")
                .view(B, L, self.heads, -1)
                .transpose(1, 2)
                for part in ("query", "key", "value")
            )
            attended = F.scaled_dot_product_attention(q, k, v)
            attended = attended.transpose(1, 2).reshape(B, L, self.width)
            attended = self.linear(attended, f"{layer}.attention.output.dense")
            x = self.layer_norm(x + attended, f"{layer}.attention.output.LayerNorm")
            hidden = F.gelu(self.linear(x, f"{layer}.intermediate.dense"))
            hidden = self.linear(hidden, f"{layer}.output.dense")
            x = self.layer_norm(x + hidden, f"{layer}.output.LayerNorm")
        return x
