"""The pages in Chromium, without a screen: no errors, and nothing lies over another thing or sticks out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from accel.report import Report, page
from tests.conftest import BROWSERS

CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), "")

LOOK = """
<script>
window.onerror = (message) => document.body.setAttribute("data-error", message);
addEventListener("load", () => {
  const box = (element) => element.getBoundingClientRect();
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
  const wrong = [];
  const compare = (elements, told) => elements.forEach((one, i) => elements.slice(i + 1).forEach((other) => {
    if (over(box(one), box(other))) wrong.push(told(one) + " over " + told(other));
  }));
  const words = (element) => element.textContent.trim().slice(0, 40);
  document.querySelectorAll("svg").forEach((svg) => {
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
    compare(texts, words);
    texts.filter((text) => box(text).right > box(svg).right + 2 || box(text).left < box(svg).left - 2)
      .forEach((text) => wrong.push(words(text) + " sticks out"));
  });
  compare([...document.body.children].filter((one) => box(one).height), words);
  compare([...document.querySelectorAll(".card")], words);
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("wider than the window");
  const style = getComputedStyle(document.body), texts = document.querySelectorAll("text").length;
  const seen = {wrong, width: innerWidth, ink: style.color, paper: style.backgroundColor, texts};
  document.body.setAttribute("data-seen", JSON.stringify(seen));
});
</script>
"""


def seen(text: str, folder: Path, width: int, dark: bool) -> dict:
    """What a script finds of a page in a window of this width."""
    (folder / "page.html").write_text(text.replace("</body>", LOOK + "</body>"))
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--window-size={width},1000", "--dump-dom"]
    command += [f"--user-data-dir={folder / 'profile'}", "--hide-scrollbars"]
    command += ["--blink-settings=preferredColorScheme=0"] if dark else []
    done = subprocess.run(
        [*command, (folder / "page.html").as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    assert not re.search("<body[^>]*data-error", done.stdout)
    found = re.search(r'data-seen="([^"]*)"', done.stdout)
    return json.loads(found[1].replace("&quot;", '"').replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&"))


@pytest.mark.chromium
@pytest.mark.parametrize("width", [1280, 800])
@pytest.mark.parametrize("which", ["full", "failed"])
def test_nothing_overlaps(which: str, width: int, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    report: Report = request.getfixturevalue(which)
    found = seen(page.html(report), tmp_path, width, dark=False)
    assert found["wrong"] == [] and found["texts"] > 50 and found["width"] == width


@pytest.mark.chromium
def test_the_page_is_dark_where_that_is_asked_for(full: Report, tmp_path: Path) -> None:
    text = page.html(full)
    light, dark = (seen(text, tmp_path, 800, dark=dark) for dark in (False, True))
    assert (light["ink"], light["paper"]) == ("rgb(31, 41, 55)", "rgb(255, 255, 255)")
    assert (dark["ink"], dark["paper"], dark["wrong"]) == ("rgb(229, 231, 235)", "rgb(17, 24, 39)", [])


@pytest.mark.chromium
def test_a_text_over_another_is_found(full: Report, tmp_path: Path) -> None:
    moved = re.sub(r"(<text [^>]*)transform=\"translate\([^\"]*\"", r'\1transform="translate(50 50)"', page.html(full))
    assert any("over" in one for one in seen(moved, tmp_path, 1280, dark=False)["wrong"])
