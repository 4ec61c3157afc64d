"""Whether a page is valid HTML, and what stands in its forms. justhtml parses as a browser does, and reports errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from justhtml import JustHTML

PHRASING_ONLY = set("abbr b button cite code em h1 h2 h3 h4 h5 h6 i kbd label legend mark p q s samp small span strong sub summary sup time u var".split())  # fmt: skip # noqa: E501, SIM905
BLOCK = set("address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul".split())  # fmt: skip # noqa: E501, SIM905
# HTML lets `a` hold whatever its parent may, and a legend or summary a heading.
EXCUSED = {("legend", heading) for heading in ("h1", "h2", "h3")} | {("summary", h) for h in ("h1", "h2", "h3", "h4")}
INTERACTIVE = {"a", "button", "select", "textarea", "input", "label", "details"}
PARENTS = {
    "li": {"ul", "ol", "menu"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "option": {"select", "optgroup", "datalist"},
    "legend": {"fieldset"},
    "summary": {"details"},
    "figcaption": {"figure"},
}
OBSOLETE = {"acronym", "big", "center", "font", "marquee", "nobr", "strike", "tt"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "form", "list")


@dataclass(frozen=True, slots=True)
class Tag:
    """An element: its attributes, its text, and the names of the elements around it, nearest first."""

    name: str
    attrs: dict[str, str]
    text: str
    above: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What an input is."""
        return (self.attrs.get("type") or "text").lower()


def _tags(document: JustHTML, selector: str) -> list[Tag]:
    tags = []
    for node in document.query(selector):
        above, parent = [], node.parent
        while parent is not None and not parent.name.startswith("#"):
            above.append(parent.name)
            parent = parent.parent
        attrs = {name: value or "" for name, value in (node.attrs or {}).items()}
        tags.append(Tag(name=node.name, attrs=attrs, text=node.to_text().strip(), above=tuple(above)))
    return tags


def problems(text: str) -> list[str]:
    """Everything that is wrong with a whole page, in words; empty when it is valid."""
    document = JustHTML(text, collect_errors=True, sanitize=False, scripting_enabled=False)
    tags = _tags(document, "*")
    found = [f"parse error: {error}" for error in document.errors]
    for check in (_document, _references, _nesting, _names, _inline_code):
        found.extend(check(tags))
    return found


def form_fields(text: str, action: str) -> dict[str, str]:
    """What a browser would send from the form with this `action` if nobody typed anything (buttons left out)."""
    document = JustHTML(text, sanitize=False, scripting_enabled=False)
    form = f'form[action="{action}"]'
    if not document.query(form):
        raise AssertionError(f"no form with action {action}")
    fields: dict[str, str] = {}
    for tag in _tags(document, f"{form} input[name], {form} textarea[name]"):
        if tag.kind in ("submit", "button", "image", "reset", "file"):
            continue
        if tag.kind not in ("checkbox", "radio"):
            fields[tag.attrs["name"]] = tag.text if tag.name == "textarea" else tag.attrs.get("value", "")
        elif "checked" in tag.attrs:
            fields[tag.attrs["name"]] = tag.attrs.get("value") or "on"
    for tag in _tags(document, f"{form} select[name]"):
        select = f'{form} select[name="{tag.attrs["name"]}"] option'
        options = _tags(document, f"{select}[selected]") or _tags(document, select)
        if options:
            fields[tag.attrs["name"]] = options[0].attrs.get("value", options[0].text)
    return fields


def _document(tags: list[Tag]) -> Iterator[str]:
    by_name = Counter(tag.name for tag in tags)
    for name in ("title", "h1", "main"):
        if by_name[name] != 1:
            yield f"{by_name[name]} <{name}> instead of one"
    for tag in tags:
        if tag.name == "html" and not tag.attrs.get("lang"):
            yield "<html> has no lang"
        if tag.name == "title" and not tag.text:
            yield "an empty <title>"
        if tag.name in OBSOLETE:
            yield f"obsolete <{tag.name}>"


def _references(tags: list[Tag]) -> Iterator[str]:
    ids = Counter(tag.attrs["id"] for tag in tags if "id" in tag.attrs)
    for name, number in ids.items():
        if number > 1 or not name or " " in name:
            yield f'id="{name}" stands {number} times'
    for tag in tags:
        wanted = [(key, name) for key in REFERENCES for name in tag.attrs.get(key, "").split()]
        if tag.attrs.get("href", "").startswith("#"):
            wanted.append(("href", tag.attrs["href"][1:]))
        for key, name in wanted:
            if name and name not in ids:
                yield f'<{tag.name} {key}="{name}"> points nowhere'


def _nesting(tags: list[Tag]) -> Iterator[str]:
    for tag in tags:
        parent = tag.above[0] if tag.above else ""
        if tag.name in PARENTS and parent not in PARENTS[tag.name]:
            yield f"<{tag.name}> in <{parent}>"
        holder = next((name for name in tag.above if name != "a"), "")  # `a` may hold what its own parent may
        if tag.name in BLOCK and holder in PHRASING_ONLY and (holder, tag.name) not in EXCUSED:
            yield f"<{tag.name}> in <{holder}>"
        outer = {"a", "button"} & set(tag.above)
        if tag.name in INTERACTIVE and tag.kind != "hidden" and outer:
            yield f"<{tag.name}> in <{outer.pop()}>"


def _names(tags: list[Tag]) -> Iterator[str]:
    labelled = {tag.attrs["for"] for tag in tags if tag.name == "label" and "for" in tag.attrs}
    for tag in tags:
        named = "label" in tag.above or tag.attrs.keys() & {"aria-label", "aria-labelledby", "title"}
        if tag.name == "img" and "alt" not in tag.attrs:
            yield f"<img src={tag.attrs.get('src')}> without alt"
        if tag.name in ("a", "button") and not (tag.text or named):
            yield f"<{tag.name} {tag.attrs}> without text"
        silent = tag.name == "input" and tag.kind in ("hidden", "submit", "button", "image", "reset")
        if tag.name in ("input", "select", "textarea") and not (silent or named or tag.attrs.get("id") in labelled):
            yield f"<{tag.name} name={tag.attrs.get('name')}> without a label"


def _inline_code(tags: list[Tag]) -> Iterator[str]:
    """Law 8: no inline script, no style attribute."""
    for tag in tags:
        for attribute, value in tag.attrs.items():
            if attribute == "style" or attribute.startswith("on"):
                yield f"<{tag.name}> carries {attribute}="
            if attribute in ("href", "src", "action") and value.strip().lower().startswith("javascript:"):
                yield f"<{tag.name}> carries a javascript: address"
        if tag.name == "script" and "src" not in tag.attrs and tag.kind in ("text", "module", "text/javascript"):
            yield "an inline <script>"
