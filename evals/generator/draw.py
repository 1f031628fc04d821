"""From a label's spec to its images: which panel carries what, and in what type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from evals.generator.blocks import Art, BarCode, Block, Line, Paragraph, Rule, Space, set_column
from evals.generator.model import Arrangement, Color, Frame, LabelSpec, Lettering, Picture, Turn
from evals.generator.typefaces import Face
from services.validator.submission import Panel, ProductType

_PANEL = (900, 1180)
_COLUMN = (820, 1040)
_MARGIN = 84
_GUTTER = 44
_TABLE = 48
_TURNED = {Turn.RISING: Image.Transpose.ROTATE_90, Turn.FALLING: Image.Transpose.ROTATE_270}

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class LabelImage:
    """One picture of a label, and the panel that it shows; a sheet shows several and has none."""

    image: Image.Image
    panel: Panel | None


def draw(spec: LabelSpec) -> tuple[LabelImage, ...]:
    """The label's pictures, front first. Raises DoesNotFitError when a text is far too long for its panel."""
    pen = _Pen(spec)
    style = spec.style
    if style.arrangement is Arrangement.WRAP:
        return (LabelImage(pen.wrap(), Panel.WRAP),)
    front, back = (pen.panel(_PANEL) for _ in range(2))
    pen.fill(front, pen.inside(front), pen.front())
    pen.fill_back(back)
    if style.arrangement is Arrangement.PANELS:
        return (LabelImage(front, Panel.FRONT), LabelImage(back, Panel.BACK))
    return (LabelImage(pen.sheet((front, back)), None),)


class _Pen:
    """Knows the colours, lettering and scale of one label."""

    def __init__(self, spec: LabelSpec) -> None:
        self._spec = spec
        self._style = spec.style
        self._ink, self._accent = spec.style.palette.ink, spec.style.palette.accent

    def px(self, length: float) -> int:
        """A length of the plan in pixels of this label."""
        return round(length * self._style.scale)

    def face(self, *, bold: bool = False, italic: bool = False) -> Face:
        return Face(self._style.lettering, bold, italic and self._style.lettering is not Lettering.GROTESQUE)

    def line(
        self,
        text: str,
        size: int,
        *,
        bold: bool = False,
        italic: bool = False,
        color: Color | None = None,
        tracking: float = 0.0,
    ) -> Line:
        return Line(text, self.px(size), self.face(bold=bold, italic=italic), color or self._ink, tracking)

    def panel(self, size: tuple[int, int]) -> Image.Image:
        """An empty label with its frame."""
        width, height = (self.px(length) for length in size)
        image = Image.new("RGB", (width, height), self._style.palette.paper)
        self._frame(ImageDraw.Draw(image), width, height)
        return image

    def _frame(self, draw: ImageDraw.ImageDraw, width: int, height: int) -> None:
        lines = {Frame.LINE: ((26, 4),), Frame.DOUBLE: ((20, 6), (34, 2))}.get(self._style.frame, ())
        for inset, thickness in lines:
            near = self.px(inset)
            draw.rectangle((near, near, width - near, height - near), outline=self._accent, width=self.px(thickness))
        if self._style.frame is Frame.BANDS:
            for top in (0, height - self.px(34)):
                draw.rectangle((0, top, width, top + self.px(34)), fill=self._accent)

    def inside(self, image: Image.Image) -> Box:
        """Where text may stand on a panel."""
        margin = self.px(_MARGIN)
        return margin, margin, image.width - margin, image.height - margin

    def fill(self, image: Image.Image, box: Box, blocks: Sequence[Block]) -> None:
        """Set the blocks in a column."""
        set_column(image, box, blocks)

    def front(self) -> list[Block]:
        """Brand, fanciful name, designation, and below them alcohol content and net contents."""
        spec, space = self._spec, Space(self.px(10), 1.0)
        blocks: list[Block] = []
        if self._style.picture is not Picture.NONE:
            blocks += [Art(self._style.picture, self.px(190), self._accent), Space(self.px(20), 0.5)]
        blocks += [space, self.line(spec.brand, 78, bold=True, color=self._accent, tracking=0.06)]
        if spec.fanciful:
            blocks += [Space(self.px(24), 0.4), self.line(spec.fanciful, 40, italic=True)]
        blocks += [space, Rule(self.px(4), self._accent), space]
        blocks += self._designation()
        blocks.append(Space(self.px(10), 2.0))
        if spec.disclosure:
            blocks += [self.line(spec.disclosure, 22), Space(self.px(20), 0.4)]
        blocks += self._measures()
        return blocks

    def _designation(self) -> list[Block]:
        spec = self._spec
        blocks: list[Block] = []
        if spec.vintage:
            blocks += [self.line(spec.vintage, 46), Space(self.px(24), 0.4)]
        if spec.appellation:
            blocks += [self.line(spec.appellation, 40, tracking=0.08), Space(self.px(22))]
        if spec.class_type:
            blocks.append(self.line(spec.class_type, 46, bold=spec.product is not ProductType.WINE))
        return blocks

    def _measures(self) -> list[Block]:
        spec = self._spec
        alcohol = " ".join(part for part in (spec.alcohol, spec.proof) if part)
        return [
            block
            for text in (alcohol, spec.net_contents)
            if text
            for block in (Space(self.px(14), 0.1), self.line(text, 30))
        ]

    def _texts(self) -> list[Block]:
        """What the back says above the warning."""
        spec = self._spec
        blocks: list[Block] = [
            self.line(spec.brand, 34, bold=True, color=self._accent, tracking=0.06),
            Space(self.px(30), 0.6),
            Paragraph(spec.story, self.px(22), self.face(italic=True), self._ink),
            Space(self.px(40), 1.0),
        ]
        for address in (spec.maker, spec.address):
            if address is not None and address.lines:
                blocks += [self.line(text, 21) for text in address.lines]
                blocks.append(Space(self.px(26), 0.5))
        blocks += [
            block
            for text in (spec.origin_statement, spec.sulfites)
            if text
            for block in (self.line(text, 22, bold=True), Space(self.px(16), 0.2))
        ]
        return blocks

    def _bar_code(self) -> list[Block]:
        if not self._style.bar_code:
            return []
        return [BarCode(self._style.bar_code, self.px(130), Face(Lettering.GROTESQUE)), Space(self.px(30), 0.3)]

    def _warning(self) -> list[Block]:
        spec = self._spec
        if not spec.warning_body:
            return []
        return [Paragraph(spec.warning_body, self.px(19), self.face(), self._ink, spec.warning_heading)]

    def fill_back(self, image: Image.Image) -> None:
        """The back label: its texts, and the warning below them or standing at their right."""
        box = self.inside(image)
        if self._style.warning_turn is Turn.UPRIGHT:
            self.fill(image, box, [*self._texts(), *self._bar_code(), Space(self.px(20), 0.6), *self._warning()])
        else:
            self.fill(image, self._stand_warning(image, box), [*self._texts(), Space(0, 0.5), *self._bar_code()])

    def _stand_warning(self, image: Image.Image, box: Box) -> Box:
        """Set the warning along the right edge; the box that is left for everything else."""
        left, top, right, bottom = box
        length = bottom - top
        blocks = self._warning()
        depth = sum(block.height(length) for block in blocks)
        if depth:
            strip = Image.new("RGB", (length, depth), self._style.palette.paper)
            set_column(strip, (0, 0, length, depth), blocks)
            image.paste(strip.transpose(_TURNED[self._style.warning_turn]), (right - depth, top))
        return left, top, right - depth - self.px(_GUTTER), bottom

    def wrap(self) -> Image.Image:
        """One picture of what runs round a can: texts, front, warning."""
        width, height = (self.px(length) for length in _COLUMN)
        image = self.panel((_COLUMN[0] * 3, _COLUMN[1]))
        margin, gutter = self.px(_MARGIN), self.px(_GUTTER)
        columns = [(margin + at * width, margin, (at + 1) * width - margin, height - margin) for at in range(3)]
        draw = ImageDraw.Draw(image)
        for at in (1, 2):
            draw.line((at * width, 2 * gutter, at * width, height - 2 * gutter), self._accent, self.px(3))
        self.fill(image, columns[0], [Space(0, 0.5), *self._texts(), Space(0, 0.5)])
        self.fill(image, columns[1], self.front())
        last = columns[2]
        if self._style.warning_turn is Turn.UPRIGHT:
            self.fill(image, last, [Space(0, 0.5), *self._warning(), Space(self.px(60), 0.5), *self._bar_code()])
        else:
            self.fill(image, self._stand_warning(image, last), [Space(0, 1.0), *self._bar_code()])
        return image

    def sheet(self, panels: Sequence[Image.Image]) -> Image.Image:
        """Panels side by side on a table."""
        table = self.px(_TABLE)
        width = sum(panel.width + table for panel in panels) + table
        image = Image.new("RGB", (width, panels[0].height + 2 * table), self._style.palette.table)
        x = table
        for panel in panels:
            image.paste(panel, (x, table))
            x += panel.width + table
        return image
