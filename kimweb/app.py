"""The factory: the one place where settings, extensions, features and hooks meet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jinja2
from flask import Flask, has_request_context, request
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from werkzeug.middleware.proxy_fix import ProxyFix

import kimweb.models  # noqa: F401 (says what search finds)
from kimweb.accounts import invited as accounts_invited
from kimweb.accounts import login, mail_pages, own_data_views, second_pages
from kimweb.accounts import policy as accounts_policy
from kimweb.accounts import roster as accounts_roster
from kimweb.accounts import views as accounts_views
from kimweb.accounts import words as accounts_words
from kimweb.accounts.models import User
from kimweb.announcements import policy as announcements_policy
from kimweb.announcements import queries as announcements_queries
from kimweb.announcements import views as announcements_views
from kimweb.announcements import words as announcements_words
from kimweb.announcements import workflow as announcements_workflow
from kimweb.announcements.models import Announcement
from kimweb.areas import views as areas_views
from kimweb.areas import words as areas_words
from kimweb.aspirations import policy as aspirations_policy
from kimweb.aspirations import timeline as aspirations_timeline
from kimweb.aspirations import tracking
from kimweb.aspirations import views as aspirations_views
from kimweb.aspirations import words as aspirations_words
from kimweb.aspirations import workflow as aspirations_workflow
from kimweb.aspirations.models import Aspiration
from kimweb.clarifications import policy as clarifications_policy
from kimweb.clarifications import queries as clarifications_queries
from kimweb.clarifications import views as clarifications_views
from kimweb.clarifications import words as clarifications_words
from kimweb.clarifications import workflow as clarifications_workflow
from kimweb.clarifications.models import Clarification
from kimweb.clarifications.tracking import TRACKER as CLAIM_TRACKER
from kimweb.core import db
from kimweb.core.actor import Actor
from kimweb.core.calendar import Clock, system_clock
from kimweb.core.i18n import LANGUAGES
from kimweb.core.permissions import Permission
from kimweb.core.workflow import possible
from kimweb.home import desk as home_desk
from kimweb.home import log as home_log
from kimweb.home import searching as home_searching
from kimweb.home import views as home_views
from kimweb.news import policy as news_policy
from kimweb.news import queries as news_queries
from kimweb.news import views as news_views
from kimweb.news import words as news_words
from kimweb.news import workflow as news_workflow
from kimweb.news.models import News
from kimweb.settings import ROOT, Settings
from kimweb.web import access, context, converters, cookies, delivery, errors, filters, photos, security, styles, words

MAX_BODY_BYTES = 256 * 1024

_AUTHORITY: dict[type, Any] = {
    User: accounts_policy.authority,
    News: news_policy.authority,
    Announcement: announcements_policy.authority,
    Aspiration: aspirations_policy.authority,
    Clarification: clarifications_policy.authority,
}
_TABLES: dict[type, Any] = {
    News: news_workflow.TRANSITIONS,
    Announcement: announcements_workflow.TRANSITIONS,
    Aspiration: aspirations_workflow.TRANSITIONS,
    Clarification: clarifications_workflow.TRANSITIONS,
}
_ADDRESSES = context.Addresses(
    desk="home.desk", account="accounts.account", sign_in="accounts.sign_in", prove="aspirations.track"
)
_LAST_CHANGE: dict[str, context.LastChange] = {
    News.audit_kind: news_queries.last_change,
    Announcement.audit_kind: announcements_queries.last_change,
    Aspiration.audit_kind: aspirations_timeline.last_change,
    Clarification.audit_kind: clarifications_queries.last_change,
}
_OWN_TEXTS = {
    News.audit_kind: news_queries.texts_by,
    Announcement.audit_kind: announcements_queries.texts_by,
}
_BLUEPRINTS = (
    home_views.bp,
    areas_views.bp,
    accounts_views.bp,
    second_pages.bp,
    mail_pages.bp,
    accounts_roster.bp,
    accounts_invited.bp,
    news_views.bp,
    announcements_views.bp,
    aspirations_views.bp,
    clarifications_views.bp,
)


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """Make the application. Creates no table and loads no data: `kimweb init` does that.

    `settings`: default, from the environment. `clock`: default, the system's.
    """
    settings = settings or Settings.from_env()
    app = Flask(
        "kimweb",
        root_path=str(ROOT),
        instance_path=str(settings.instance),
        template_folder="templates",
        static_folder="static",
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        TRUSTED_HOSTS=list(settings.hosts) or None,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    database = _database(app, settings)
    converters.install(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    login.install(app)
    own_data_views.install(app, _OWN_TEXTS)
    context.install(
        app,
        context.Context(
            settings=settings,
            clock=clock or system_clock,
            database=database,
            load_actor=_load_actor,
            addresses=_ADDRESSES,
            last_change=_LAST_CHANGE,
            desk_head=home_desk.head_now,
        ),
    )
    _templates(app)
    for part in (photos, security, access, errors, delivery):
        part.install(app)
    return app


def _load_actor() -> Actor:
    return login.load_actor(tracking.proofs() | CLAIM_TRACKER.proofs())


def _database(app: Flask, settings: Settings) -> SQLAlchemy:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = db.engine_options(settings.database_url)
    database = SQLAlchemy(app, metadata=db.Base.metadata, session_options={"expire_on_commit": False})
    with app.app_context():
        db.prepare(database.engine)
        if settings.debug_statements:
            _count_statements(app, database)
    return database


def _count_statements(app: Flask, database: SQLAlchemy) -> None:
    """Tell in `X-Statements` how many statements a page took (bench/pages.py reads it)."""

    @event.listens_for(database.engine, "before_cursor_execute")
    def _count(*_args: object) -> None:
        if has_request_context():
            request.environ["kimweb.statements"] = request.environ.get("kimweb.statements", 0) + 1

    @app.after_request
    def _tell(response: Any) -> Any:
        response.headers["X-Statements"] = str(request.environ.get("kimweb.statements", 0))
        return response


def _language() -> str:
    chosen = request.cookies.get(cookies.LANGUAGE) if has_request_context() else None
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _templates(app: Flask) -> None:
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "kimweb" / "translations")
    Babel(app, default_locale="id", locale_selector=_language, default_timezone="Asia/Jakarta")
    filters.install(app)
    words.install(app)
    accounts_words.install(app)
    areas_words.install(app)
    news_words.install(app)
    announcements_words.install(app)
    aspirations_words.install(app)
    clarifications_words.install(app)
    home_log.install(app)
    home_searching.install(app)
    styles.install(app)

    @app.context_processor
    def _values() -> dict[str, Any]:
        return {"lang": _language(), "actor": context.actor(), "can": _can, "verbs_of": _verbs_of}


def _can(permission: str, subject: object | None = None) -> bool:
    """For templates: whether the actor may do this, anywhere or to this row."""
    wanted = Permission(permission)
    if subject is None:
        return access.may(context.actor(), wanted)
    return _AUTHORITY[type(subject)](context.actor(), wanted, subject) is not None


def _verbs_of(subject: Any) -> frozenset[str]:
    """For templates: what the actor may do to this row now."""
    kind, actor = type(subject), context.actor()
    return possible(subject, _TABLES[kind], lambda permission: _AUTHORITY[kind](actor, permission, subject))
