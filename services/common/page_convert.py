"""Between `ttb.common.v1.Page` and the plain values of `services.common.page`."""

from __future__ import annotations

from ttb.common.v1 import page_pb2

from services.common.page import Line, Page, Point, Polygon, Word


def polygon_to_proto(polygon: Polygon) -> list[page_pb2.Point]:
    """Corners as protobuf points."""
    return [page_pb2.Point(x=point.x, y=point.y) for point in polygon]


def line_to_proto(line: Line) -> page_pb2.Line:
    """One line as protobuf."""
    return page_pb2.Line(
        text=line.text,
        confidence=line.confidence,
        polygon=polygon_to_proto(line.polygon),
        angle_degrees=line.angle_degrees,
        words=[
            page_pb2.Word(text=word.text, confidence=word.confidence, polygon=polygon_to_proto(word.polygon))
            for word in line.words
        ],
        engine=line.engine,
        glyph_height_px=line.glyph_height_px,
        stroke_width_px=line.stroke_width_px,
        contrast_ratio=line.contrast_ratio,
        look=line.look,
    )


def page_to_proto(page: Page) -> page_pb2.Page:
    """One page as protobuf."""
    return page_pb2.Page(width=page.width, height=page.height, lines=[line_to_proto(line) for line in page.lines])


def _polygon(points: object) -> Polygon:
    return tuple(Point(point.x, point.y) for point in points)  # type: ignore[attr-defined]


def line_from_proto(line: page_pb2.Line) -> Line:
    """One line as a plain value."""
    return Line(
        text=line.text,
        confidence=line.confidence,
        polygon=_polygon(line.polygon),
        angle_degrees=line.angle_degrees,
        words=tuple(Word(word.text, word.confidence, _polygon(word.polygon)) for word in line.words),
        engine=line.engine,
        glyph_height_px=line.glyph_height_px if line.HasField("glyph_height_px") else None,
        stroke_width_px=line.stroke_width_px if line.HasField("stroke_width_px") else None,
        contrast_ratio=line.contrast_ratio if line.HasField("contrast_ratio") else None,
        look=line.look,
    )


def page_from_proto(page: page_pb2.Page) -> Page:
    """One page as a plain value."""
    return Page(page.width, page.height, tuple(line_from_proto(line) for line in page.lines))
