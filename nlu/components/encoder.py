"""Which vector does a brought transformer give for a text? Plain ONNX Runtime; nothing is downloaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlu.brought import MODEL, VOCABULARY, BadFolder
from nlu.components.wordpiece import MOST_TOKENS, WordPiece

BATCH = 16
MOST_THREADS = 4
_KNOWN = ("input_ids", "attention_mask", "token_type_ids")


class Encoder:
    """One loaded transformer with its vocabulary."""

    def __init__(self, session: Any, words: WordPiece, name: str) -> None:
        self._session = session
        self._words = words
        self._name = name
        self._inputs = [each.name for each in session.get_inputs()]
        strange = [name for name in self._inputs if name not in _KNOWN]
        if strange or "input_ids" not in self._inputs:
            raise BadFolder(f"{name} takes {', '.join(self._inputs)}, not {', '.join(_KNOWN)}")
        self._output = _output_of([each.name for each in session.get_outputs()])
        self.width = self._probed_width()

    @classmethod
    def open(cls, folder: Path) -> Encoder:
        """Loads what lies in a folder that `nlu.brought` has checked; raises BadFolder."""
        words = WordPiece.read(folder / VOCABULARY)
        return cls(_session(folder / MODEL), words, str(folder / MODEL))

    def vectors(self, texts: Sequence[str], told: Callable[[int], None] = lambda _: None) -> np.ndarray:
        """One row a text: the mean over its tokens; `told` hears how many are done."""
        tokens = [self._words.tokens(text) for text in texts]
        result = np.zeros((len(texts), self.width), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda number: len(tokens[number]))  # little padding
        for start in range(0, len(texts), BATCH):
            batch = by_length[start : start + BATCH]
            result[batch] = self._means([tokens[number] for number in batch])
            told(start + len(batch))
        return result

    def _means(self, tokens: Sequence[Sequence[int]]) -> np.ndarray:
        longest = max(map(len, tokens))
        numbers = np.full((len(tokens), longest), self._words.padding, dtype=np.int64)
        mask = np.zeros_like(numbers)
        for row, of_text in enumerate(tokens):
            numbers[row, : len(of_text)] = of_text
            mask[row, : len(of_text)] = 1
        states = self._run(numbers, mask)
        weights = mask[:, :, None].astype(np.float32)
        return np.asarray((states * weights).sum(axis=1) / weights.sum(axis=1), dtype=np.float32)

    def _run(self, numbers: np.ndarray, mask: np.ndarray) -> np.ndarray:
        given = {"input_ids": numbers, "attention_mask": mask, "token_type_ids": np.zeros_like(numbers)}
        states = self._session.run([self._output], {name: given[name] for name in self._inputs})[0]
        return np.asarray(states, dtype=np.float32)

    def _probed_width(self) -> int:
        """Tries the longest text, of the last token: what does not fit shows before a resident writes."""
        numbers = np.full((1, MOST_TOKENS), self._words.last, dtype=np.int64)
        try:
            states = self._run(numbers, np.ones_like(numbers))
        except Exception as error:
            raise BadFolder(f"{self._name} cannot read {MOST_TOKENS} tokens of {VOCABULARY}") from error
        if states.ndim != 3 or states.shape[:2] != numbers.shape or not np.isfinite(states).all():
            raise BadFolder(f"{self._name} does not give a vector for every token")
        return int(states.shape[2])


def _output_of(names: Sequence[str]) -> str:
    return "last_hidden_state" if "last_hidden_state" in names else names[0]


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise BadFolder("a transformer needs ONNX Runtime, which this environment has not") from error
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(MOST_THREADS, os.cpu_count() or 1)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # an idle service must rest
    options.log_severity_level = 4  # what is wrong is said in one sentence
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime has a class of error for everything
        raise BadFolder(f"{path} is not a model that ONNX Runtime can load") from error
