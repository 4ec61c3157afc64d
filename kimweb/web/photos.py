"""Photos in forms: which endpoints take them and how much, and a field that reads them from the request's files.

A browser never keeps the files of a form that came back: whoever has to mend a field chooses the photos again, and is
told so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response
from wtforms import Field, SelectMultipleField

from kimweb.core import pictures
from kimweb.core.i18n import N_, Sentence
from kimweb.core.photos import ALT_MAX, MOST, NewPhoto, PhotoChange, PhotoFile, too_many
from kimweb.web.forms import Form, clean_line

_MARK = "kimweb_takes_photos"
_TEXT_BYTES = 256 * 1024
_A_DAY = 24 * 3600
"""For so long a browser keeps what everybody may see; then it asks whether it still may (docs/decisions/0016)."""
F = TypeVar("F", bound=Callable[..., Any])

AGAIN = N_("Pilih lagi fotonya: peramban tidak menyimpannya.")
ALT_MISSING = N_("Tulis apa yang tampak di setiap foto, untuk yang tidak bisa melihatnya.")
ALT_LONG = N_("Keterangan foto paling banyak %(most)d huruf.")
ALT_ALONE = N_("Ada keterangan tanpa foto. Pilih fotonya, atau kosongkan keterangannya.")


def takes_photos(view: F) -> F:
    """Let this endpoint take a body with photos; every other one stays at the bound for text."""
    setattr(view, _MARK, True)
    return view


def _is_open() -> bool:
    """Whether this request may bring photos: its endpoint takes them, and its body is one in which files come."""
    view = current_app.view_functions.get(request.endpoint or "")
    files = request.method == "POST" and request.mimetype == "multipart/form-data"
    return files and getattr(view, _MARK, False) is True


def are_too_large() -> bool:
    """Whether it is the photos that make this request too large, and not its text."""
    return _is_open() and (request.content_length or 0) > MOST * pictures.MAX_BYTES


def were_sent() -> bool:
    """Whether this request brought photos: whatever page answers it cannot bring them back."""
    try:
        return _is_open() and any(file.filename for _name, file in request.files.items(multi=True))
    except RequestEntityTooLarge:
        return False


def install(app: Flask) -> None:
    """Set the bound of each request; must stand before whatever reads a form."""
    app.before_request(_bound)


def _bound() -> None:
    if _is_open():
        request.max_content_length = MOST * pictures.MAX_BYTES + _TEXT_BYTES


class PhotosField(Field):
    """Photos as they were sent, each with the words in its place where the form asks for them (fields `alt`, in the
    same order). `data`: what is new, decoded by `PhotosForm.validate`."""

    data: tuple[NewPhoto, ...]

    def __init__(self, label: str, *, most: int = MOST, asks_alt: bool = False, **kwargs: Any) -> None:
        """`most`: photos on one thing. `asks_alt`: whether words are asked for."""
        super().__init__(label, **kwargs)
        self.most, self.asks_alt = most, asks_alt

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Nothing is read before it is wanted: decoding costs."""
        self.process_errors: list[str] = []
        self.errors: Any = ()
        self.object_data, self.raw_data, self.data = (), [], ()

    def populate_obj(self, obj: Any, name: str) -> None:
        """Photos are rows of their own."""

    def again(self) -> None:
        """Say what is wrong with the words, or else that the photos are to be chosen again; unless something is said
        already."""
        found = self.sent()
        self.errors = self.errors or self._problems(found) or ([AGAIN] if found else [])

    def lost(self) -> str:
        """That the photos are to be chosen again, for a form that came back with them; "" where that is said already.

        Whatever is wrong, and with which field: no browser keeps a file.
        """
        return AGAIN if self.sent() and AGAIN not in self.errors else ""

    def words(self) -> list[str]:
        """The words that were typed, in the order of the files, as many as there may be photos."""
        typed = [clean_line(text) for text in request.form.getlist("alt")] if request.method == "POST" else []
        return [*typed, *[""] * self.most][: self.most]

    def sent(self) -> list[tuple[FileStorage, str]]:
        """The files that were chosen, with their words."""
        if request.method != "POST":
            return []
        files = request.files.getlist(self.name)
        words = self.words()
        if len(files) < len(request.form.getlist("alt")):  # (a browser that leaves out what was not chosen)
            words = [text for text in words if text] + [text for text in words if not text]
        pairs = zip(files, [*words, *[""] * len(files)], strict=False)
        return [(file, alt) for file, alt in pairs if file.filename]

    def read(self) -> bool:
        """Decode what was sent into `data`; False, with every sentence, when something is wrong with it."""
        found = self.sent()
        problems, read = self._problems(found), list[NewPhoto]()
        for file, alt in found if len(found) <= self.most else ():
            try:
                read.append(NewPhoto(_picture(file), alt if self.asks_alt else ""))
            except _Refused as refused:
                problems.append(refused.sentence)
        self.errors = list(dict.fromkeys(problems))
        self.data = () if self.errors else tuple(read)
        return not self.errors

    def _problems(self, found: list[tuple[FileStorage, str]]) -> list[str]:
        """What can be said before anything is decoded."""
        if len(found) > self.most:
            return [too_many(self.most)]
        alts = [alt for _file, alt in found if alt]
        wrong = {
            ALT_MISSING: self.asks_alt and len(alts) < len(found),
            ALT_ALONE: self.asks_alt and len(alts) < sum(map(bool, self.words())),
            Sentence(ALT_LONG, most=ALT_MAX): any(len(alt) > ALT_MAX for alt in alts),
        }
        return [sentence for sentence, holds in wrong.items() if holds]


class _Refused(Exception):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _picture(file: FileStorage) -> pictures.Picture:
    content = file.stream.read(pictures.MAX_BYTES + 1)
    try:
        return pictures.clean(content)
    except pictures.BadPicture as error:
        raise _Refused(str(error)) from error


class DropField(SelectMultipleField):
    """The ids of links that are ticked to be taken away."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what are ids."""
        self.data = sorted(
            {int(value) for value in valuelist if value.isascii() and value.isdigit() and len(value) < 10}
        )


class PhotosForm(Form):
    """A form with `photos`; `drop_photos` names those that stand there and go."""

    photos: PhotosField
    drop_photos = DropField("", validate_choice=False, choices=[])

    def validate(self, extra_validators: Any = None) -> bool:
        """Photos are decoded only when all else is right; else they are to be chosen again."""
        if super().validate(extra_validators):
            return self.photos.read()
        self.photos.again()
        return False

    def problems(self) -> list[tuple[str, str, str]]:
        """With everything that is wrong with the photos, not only the first."""
        photos = self.photos
        more = [(photos.id, str(photos.label.text), sentence) for sentence in photos.errors[1:]]
        return super().problems() + more

    def photo_change(self) -> PhotoChange:
        """What the form does to the photos, once it is valid."""
        return PhotoChange(add=tuple(self.photos.data), drop=frozenset(self.drop_photos.data or ()))


def answer(file: PhotoFile, *, is_public: bool) -> Response:
    """The picture itself, or that what the browser holds may still be shown (304): for whoever may see it now."""
    response = Response(file.content, mimetype=f"image/{'jpeg' if file.kind == pictures.FileKind.JPEG else 'webp'}")
    if is_public:
        response.set_etag(file.hash[:16])  # (what stands under an address never changes)
        response.make_conditional(request)
    return kept_as(response, is_public=is_public)


def kept_as(response: Response, *, is_public: bool) -> Response:
    """Say how long an image may be kept, and that nothing in it is ever run."""
    whose = "private" if current_app.config["SESSION_COOKIE_NAME"] in request.cookies else "public"
    cache = f"{whose}, max-age={_A_DAY}, immutable" if is_public else "private, no-store"
    response.headers["Cache-Control"] = cache  # (an answer that renews somebody's cookie is in no shared cache)
    response.headers["Content-Security-Policy"] = "default-src 'none';sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
