"""What the bundled weights can do, judged on videos that the Swift engine made."""
