"""What every page owes every screen: nothing sticks out, buttons can be hit, focus can be seen, text can be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, cast

from playwright.sync_api import Page, ViewportSize

NARROW = (240, 360)
"""A keypad phone and a small touch phone."""
TARGET = 44
CONTRAST = 4.5
TABS = 60
"""At most so many fields and links are walked with the Tab key."""

# Elements that reach past the right edge, unless they scroll inside their own box (the desk's tabs).
_STICKING_OUT = """() => {
  const scrolls = e => e && (/auto|scroll|hidden/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  const found = [...document.body.querySelectorAll('*')].filter(
    e => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e));
  const wide = document.documentElement.scrollWidth > innerWidth;
  return found.map(e => e.tagName + ' ' + e.className + ': ' + e.textContent.trim().slice(0, 60))
    .concat(wide ? ['the page itself: ' + document.documentElement.scrollWidth] : []);
}"""

# What is made to be pressed. Links inside a sentence are exempt; a checkbox is pressed by its label.
_TOO_LOW = """least => {
  const made = 'button, .button, select, textarea, .option, header a, nav a, .list li > a, .tabs a, .row h2 a,' +
    '.notice h2 a, input:not([type=hidden]):not([type=checkbox]):not([type=radio])';
  return [...document.querySelectorAll(made)]
    .map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.width && box.height < least - 0.5)
    .map(([e, box]) => e.tagName + ' ' + e.textContent.trim().slice(0, 40) + ': ' + box.height);
}"""

# What has the focus now: its name, whether it is seen to have it, and whether it is on the screen.
_FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const shown = box.bottom > 0 && box.top < innerHeight;
  const name = e.tagName + ' ' + (e.name || e.textContent.trim().slice(0, 40));
  const again = e.dataset.walked === '1';
  e.dataset.walked = '1';
  return {name, seen, shown, again};
}"""

# Text whose colour is too near to what lies under it (WCAG's formula; this design knows no transparent ink).
_TOO_PALE = """least => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const under = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const found = new Map(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.getClientRects().length || e.closest('script,style')) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(under(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) found.set(e.tagName + ': ' + e.textContent.trim().slice(0, 40), ratio.toFixed(2));
  }
  return [...found].map(([name, ratio]) => name + ' ' + ratio);
}"""

_PAPER = "() => getComputedStyle(document.body).backgroundColor"


@dataclass
class Looks:
    """Looks at pages, and notes what is wrong with them by address."""

    problems: list[str] = field(default_factory=list)

    def small(self, page: Page) -> None:
        """At 240 and at 360 px: nothing sticks out to the right, and what can be pressed is high enough."""
        before = page.viewport_size
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": 320 if width == 240 else 640})
            self._note(page, f"{width} px, sticks out", page.evaluate(_STICKING_OUT))
            self._note(page, f"{width} px, lower than {TARGET}", page.evaluate(_TOO_LOW, TARGET))
        if before:
            page.set_viewport_size(ViewportSize(width=before["width"], height=before["height"]))

    def colours(self, page: Page, *, dark: bool) -> None:
        """All text can be read on what lies under it; at night the paper is black."""
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        page.emulate_media(color_scheme=scheme)
        paper = cast(str, page.evaluate(_PAPER))
        if paper != ("rgb(17, 17, 17)" if dark else "rgb(255, 255, 255)"):
            self._note(page, scheme, [f"the paper is {paper}"])
        self._note(page, f"{scheme}, contrast below {CONTRAST}", page.evaluate(_TOO_PALE, CONTRAST))
        page.emulate_media(color_scheme="null")

    def focus(self, page: Page) -> int:
        """From the top with the Tab key, as on a phone with keys: what has the focus shows it. Returns how many did."""
        page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
        for number in range(TABS):
            page.keyboard.press("Tab")
            at = cast("dict[str, Any] | None", page.evaluate(_FOCUS))
            if at is None or at["again"]:
                return number
            if not at["seen"]:
                self._note(page, "focus is not seen", [at["name"]])
            if not at["shown"]:
                self._note(page, "focus is off the screen", [at["name"]])
        return TABS

    def _note(self, page: Page, what: str, found: list[str]) -> None:
        self.problems += [f"{page.url}: {what}: {one}" for one in found]
