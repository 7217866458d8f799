"""Create a tiny Llama with random weights: `python tiny_llama.py DIRECTORY [TEMPLATE]`.

Runs in the virtual environment of transformers, without hfadmin.
"""

import string
import sys

import torch
from tokenizers import Tokenizer, decoders, models, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"


def main(directory: str, template: str | None = None) -> None:
    torch.manual_seed(0)
    tokenizer = _tokenizer()
    tokenizer.chat_template = template
    tokenizer.save_pretrained(directory)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(directory)


def _tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer with a token for each printable character, so that output is text."""
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.decoder = decoders.Fuse()
    trainer = trainers.BpeTrainer(
        vocab_size=0,
        initial_alphabet=[*string.ascii_letters, *string.digits, *string.punctuation, " ", "\n"],
        special_tokens=[BEGIN, END, UNKNOWN],
    )
    tokenizer.train_from_iterator([], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        unk_token=UNKNOWN,
        pad_token=END,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
