from __future__ import annotations

from accel.sim import rtl_folder


def test_digest_sees_names_contents_and_texts(toy) -> None:
    folder = toy().folder
    first = rtl_folder.digest(folder, "5.48")
    assert first == rtl_folder.digest(folder, "5.48") != rtl_folder.digest(folder, "5.49")
    for name in ("toy.mem", "toy.sv", "acc_stream_trace.sv"):
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace("5", "6", 1) if "5" in text else text + "\n")
        assert rtl_folder.digest(folder, "5.48") != first
        (folder / name).write_text(text)
    assert rtl_folder.digest(folder, "5.48") == first
