from services.ocr.handles import ImageHandles, RememberedImage


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def image(size: int) -> RememberedImage:
    return RememberedImage(bytes(size), 0)


def test_the_image_unused_for_longest_makes_room() -> None:
    handles = ImageHandles(max_bytes=100, seconds=60, clock=Clock())
    first, second = handles.remember(image(40)), handles.remember(image(50))
    assert handles.find(first) == image(40)

    third = handles.remember(image(45))

    assert handles.find(second) is None
    assert handles.find(first) == image(40)
    assert handles.find(third) == image(45)


def test_an_image_too_big_to_remember_is_forgotten_at_once() -> None:
    handles = ImageHandles(max_bytes=100, seconds=60, clock=Clock())

    assert handles.find(handles.remember(image(101))) is None


def test_a_handle_lives_for_a_while_after_its_last_use() -> None:
    clock = Clock()
    handles = ImageHandles(max_bytes=100, seconds=60, clock=clock)
    handle = handles.remember(image(1))

    clock.now = 59
    assert handles.find(handle)
    clock.now = 118
    assert handles.find(handle)
    clock.now = 178
    assert handles.find(handle) is None


def test_handles_differ_and_are_long_enough_not_to_be_guessed() -> None:
    handles = ImageHandles(max_bytes=100, seconds=60, clock=Clock())
    one, other = handles.remember(image(1)), handles.remember(image(1))

    assert one != other
    assert len(one) >= 32
