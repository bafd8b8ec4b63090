"""A transformer of one layer with random weights, written as an ONNX file by hand."""

import random
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path

FLOAT, INTEGER = 1, 7
MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_IR_VERSION, _OPSET = 8, 13


def write(
    folder: Path, tokens: Iterable[str], *, width: int = 48, positions: int = 256, seed: int = 7
) -> Path:
    """`vocab.txt` with these tokens and `model.onnx` to go with it."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = list(dict.fromkeys([*MARKS, *tokens]))
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", "utf-8")
    (folder / "model.onnx").write_bytes(_model(len(vocabulary), width, positions, random.Random(seed)))
    return folder


def _model(words: int, width: int, positions: int, chance: random.Random) -> bytes:
    """Embeddings of words, places and sentences, then attention of one head beside what was there."""
    nodes = [
        _node("Gather", ["words", "input_ids"], "word"),
        _node("Gather", ["sentences", "token_type_ids"], "sentence"),
        _node("Add", ["word", "sentence"], "worded"),
        _node("Shape", ["input_ids"], "shape"),
        _node("Gather", ["shape", "one"], "length"),
        _node("Slice", ["places", "zero", "length", "zero"], "place"),
        _node("Add", ["worded", "place"], "seen"),
        _node("MatMul", ["seen", "asks"], "asked"),
        _node("MatMul", ["seen", "offers"], "offered"),
        _node("Transpose", ["offered"], "turned", _integers("perm", [0, 2, 1])),
        _node("MatMul", ["asked", "turned"], "fits"),
        _node("Cast", ["attention_mask"], "there", _integer("to", FLOAT)),
        _node("Unsqueeze", ["there", "one"], "row"),
        _node("Sub", ["row", "unit"], "absent"),
        _node("Mul", ["absent", "much"], "barred"),
        _node("Add", ["fits", "barred"], "heeded"),
        _node("Softmax", ["heeded"], "heed", _integer("axis", -1)),
        _node("MatMul", ["seen", "says"], "said"),
        _node("MatMul", ["heed", "said"], "heard"),
        _node("Add", ["seen", "heard"], "last_hidden_state"),
    ]
    weights = [
        _random("words", [words, width], 1.0, chance),
        _random("sentences", [2, width], 0.1, chance),
        _random("places", [positions, width], 0.1, chance),
        *(_random(name, [width, width], width**-0.5 / 4, chance) for name in ("asks", "offers", "says")),
        _tensor("unit", [1], FLOAT, _floats([1.0])),
        _tensor("much", [1], FLOAT, _floats([10_000.0])),
        _tensor("zero", [1], INTEGER, _longs([0])),
        _tensor("one", [1], INTEGER, _longs([1])),
    ]
    graph = b"".join(
        [
            *(_bytes(1, node) for node in nodes),
            _bytes(2, b"tiny"),
            *(_bytes(5, tensor) for tensor in weights),
            *(_bytes(11, _value(name, INTEGER, ["batch", "length"])) for name in INPUTS),
            _bytes(12, _value("last_hidden_state", FLOAT, ["batch", "length", width])),
        ]
    )
    return _number(1, _IR_VERSION) + _bytes(8, _bytes(1, b"") + _number(2, _OPSET)) + _bytes(7, graph)


def _node(kind: str, inputs: Sequence[str], output: str, *attributes: bytes) -> bytes:
    return b"".join(
        [
            *(_bytes(1, name.encode()) for name in inputs),
            _bytes(2, output.encode()),
            _bytes(4, kind.encode()),
            *(_bytes(5, attribute) for attribute in attributes),
        ]
    )


def _integer(name: str, value: int) -> bytes:
    return _bytes(1, name.encode()) + _number(3, value) + _number(20, 2)


def _integers(name: str, values: Sequence[int]) -> bytes:
    return _bytes(1, name.encode()) + b"".join(_number(8, value) for value in values) + _number(20, 7)


def _random(name: str, shape: Sequence[int], scale: float, chance: random.Random) -> bytes:
    rows, columns = shape
    return _tensor(name, shape, FLOAT, _floats(chance.gauss(0, scale) for _ in range(rows * columns)))


def _tensor(name: str, shape: Sequence[int], kind: int, values: bytes) -> bytes:
    sizes = b"".join(_number(1, size) for size in shape)
    return sizes + _number(2, kind) + _bytes(8, name.encode()) + _bytes(9, values)


def _floats(values: Iterable[float]) -> bytes:
    return array("f", values).tobytes()


def _longs(values: Iterable[int]) -> bytes:
    return array("q", values).tobytes()


def _value(name: str, kind: int, shape: Sequence[int | str]) -> bytes:
    sizes = (_number(1, size) if isinstance(size, int) else _bytes(2, size.encode()) for size in shape)
    of_shape = b"".join(_bytes(1, size) for size in sizes)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, of_shape)))


def _number(field: int, value: int) -> bytes:
    """One field of protobuf's wire format, as a number."""
    return _varint(field << 3) + _varint(value & (1 << 64) - 1)


def _bytes(field: int, content: bytes) -> bytes:
    """One field, as bytes: text, or a message within."""
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
