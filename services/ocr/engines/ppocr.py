"""The two networks of PP-OCR, run with OpenVINO from the ONNX files inside the `rapidocr` wheel.

RapidOCR's own pipeline turns lines with a classifier that does more harm than good, pads lines to batches, and does not
tell where each character stands. These two classes call the same models without that, and reuse its box finder.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import cv2
import numpy as np
import openvino
import rapidocr
from numpy.typing import NDArray
from openvino import opset13
from rapidocr.ch_ppocr_det.utils import DBPostProcess

from services.ocr.engine import RgbImage

MODEL_NAME = "PP-OCRv6 small"

_MODELS = Path(rapidocr.__file__).parent / "models"
_DETECTION_MODEL = _MODELS / "PP-OCRv6_det_small.onnx"
_RECOGNITION_MODEL = _MODELS / "PP-OCRv6_rec_small.onnx"

_LEAST_SIDE = 736
_GREATEST_SIDE = 2000
_SIDE_STEP = 32

_KEPT_PIXELS = 1_500_000
"""After a larger image the detector's memory, up to 0.7 GB, is given back: few images need it."""

_LINE_HEIGHT = 48
_LEAST_LINE_WIDTH = 320
_LINE_WIDTH_STEP = 64
_GREATEST_LINE_WIDTH = 4800
_COLUMN_WIDTH = 8
_WAIT_MILLISECONDS = 20
_KEPT_STEPS = 64

Quad = NDArray[np.float32]
"""Four corners (x, y), clockwise from the top left as the image stands."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: its certainty, and where its centre stands across the line, 0 to 1."""

    char: str
    confidence: float
    centre: float


def _request(model: openvino.Model, *, threads: int) -> openvino.InferRequest:
    config = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        # Pinned, all worker processes share the first core.
        "ENABLE_CPU_PINNING": False,
        # Prepared steps are kept for each size of input, and lines have many: by default for 5,000.
        "CPU_RUNTIME_CACHE_CAPACITY": _KEPT_STEPS,
    }
    return openvino.Core().compile_model(model, "CPU", config).create_infer_request()


def _infer(request: openvino.InferRequest, image: NDArray[np.number]) -> NDArray[np.float32]:
    request.start_async([_blob(image)])
    try:
        # Back in Python now and then, so that a task that nobody waits for can be interrupted.
        while not request.wait_for(_WAIT_MILLISECONDS):
            pass
    except BaseException:
        request.cancel()
        with contextlib.suppress(RuntimeError):
            request.wait()
        raise
    output: NDArray[np.float32] = request.get_output_tensor().data
    return output


def _blob(image: NDArray[np.number]) -> NDArray[np.float32]:
    """The networks' input, -1 to 1, blue first."""
    scaled = image[:, :, ::-1].astype(np.float32)
    scaled /= 255
    scaled -= 0.5
    scaled /= 0.5
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))[np.newaxis]


class TextDetector:
    """Finds boxes around text, all threads at work on one image."""

    def __init__(self, threads: int) -> None:
        model = openvino.Core().read_model(_DETECTION_MODEL)
        self._request = _request(model, threads=threads)
        self._boxes = DBPostProcess(thresh=0.3, box_thresh=0.5, unclip_ratio=1.6, use_dilation=True)

    def __call__(self, image: RgbImage) -> list[Quad]:
        """Boxes in the image's pixels, from top to bottom."""
        height, width = image.shape[:2]
        ratio = min(max(1.0, _LEAST_SIDE / min(height, width)), _GREATEST_SIDE / max(height, width))
        size = tuple(max(_SIDE_STEP, round(side * ratio / _SIDE_STEP) * _SIDE_STEP) for side in (width, height))
        small = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR if ratio >= 1 else cv2.INTER_AREA)
        boxes, _ = self._boxes(_infer(self._request, small), (height, width))
        if size[0] * size[1] > _KEPT_PIXELS:
            self._request.get_compiled_model().release_memory()
        return sorted((np.asarray(box, np.float32) for box in boxes), key=lambda box: (box[:, 1].mean(), box[0, 0]))


class TextRecognizer:
    """Reads lines, each on one thread, letting the network choose among the characters of Latin script only.

    Lines are too small for threads to share: two threads read two lines in the time of one. Each thread has a network
    of its own, because one network with several streams was seen to hang and to abort at the end of the process.
    """

    def __init__(self, threads: int) -> None:
        model = openvino.Core().read_model(_RECOGNITION_MODEL)
        alphabet = ["", *model.get_rt_info(["framework", "character"]).value.splitlines(), " "]
        kept = [index for index, char in enumerate(alphabet) if not char or _is_latin(char)]
        self._alphabet = [alphabet[index] for index in kept]
        latin = _with_outputs(model, kept)
        self._idle: SimpleQueue[openvino.InferRequest] = SimpleQueue()
        for _ in range(threads):
            self._idle.put(_request(latin, threads=1))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="recognizer")

    def __call__(self, lines: Sequence[RgbImage]) -> list[tuple[Glyph, ...]]:
        """The characters of upright lines from left to right, spaces included."""
        # The longest first, so that no thread is left with it at the end.
        order = sorted(range(len(lines)), key=lambda index: -lines[index].shape[1] / lines[index].shape[0])
        read = dict(zip(order, self._threads.map(self._read, [lines[index] for index in order]), strict=True))
        return [read[index] for index in range(len(lines))]

    def _read(self, line: RgbImage) -> tuple[Glyph, ...]:
        height, width = line.shape[:2]
        used = min(max(1, math.ceil(width * _LINE_HEIGHT / height)), _GREATEST_LINE_WIDTH)
        # Each new width costs the runtime a new plan, so that few widths are used; the padding is mid-grey.
        padded = max(_LEAST_LINE_WIDTH, math.ceil(used / _LINE_WIDTH_STEP) * _LINE_WIDTH_STEP)
        canvas = np.full((_LINE_HEIGHT, padded, 3), 127.5, np.float32)
        canvas[:, :used] = cv2.resize(np.ascontiguousarray(line), (used, _LINE_HEIGHT))
        network = self._idle.get()
        try:
            return self._decoded(_infer(network, canvas)[0], used)
        finally:
            self._idle.put(network)

    def _decoded(self, columns: NDArray[np.float32], used: int) -> tuple[Glyph, ...]:
        """CTC: runs of one class are one character, class 0 (blank) is none."""
        classes, certainty = columns.argmax(axis=1), columns.max(axis=1)
        starts = np.flatnonzero(np.diff(classes, prepend=-1))
        glyphs: list[Glyph] = []
        for start, end in zip(starts, [*starts[1:], len(classes)], strict=True):
            char = self._alphabet[int(classes[start])]
            if char:
                centre = (start + end) / 2 * _COLUMN_WIDTH / used
                glyphs.append(Glyph(char, float(certainty[start:end].max()), min(max(centre, 0.0), 1.0)))
        return tuple(glyphs)


def _is_latin(char: str) -> bool:
    """Latin letters, digits, and the signs that labels print (dashes, quotes, currency, letterlike, fractions)."""
    code = ord(char) if len(char) == 1 else 0
    return 0x20 <= code < 0x250 or 0x2010 <= code < 0x2060 or 0x20A0 <= code < 0x2190


def _with_outputs(model: openvino.Model, kept: list[int]) -> openvino.Model:
    """The model with only these columns of its last layer, which costs a fifth of the time uncut."""
    softmax = model.get_results()[0].input_value(0).get_node()
    biased = softmax.input_value(0).get_node().input_value(0).get_node()
    product = biased.input_value(0).get_node()
    weights, bias = product.input_value(1).get_node(), biased.input_value(1).get_node()
    logits = opset13.add(
        opset13.matmul(
            product.input_value(0),
            opset13.constant(weights.data[:, kept]),
            transpose_a=False,
            transpose_b=False,
        ),
        opset13.constant(bias.data[kept]),
    )
    return openvino.Model([opset13.softmax(logits, axis=2)], model.get_parameters(), "latin")
