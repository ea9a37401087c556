"""Whatever was found in the world, it is text in the checklist: no markup, no cell more, no line more."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipelines.core.checklist import Answered, Line, State, Verdict, green, red, unknown
from pipelines.core.sheet import HEADS, Sheet, plain
from stack.emit import to_json

NASTY = [
    "|",
    "\\",
    "\\|",
    "<b>",
    "</td>",
    "&amp;",
    "`",
    "*",
    "_",
    "[a](b)",
    "![",
    "\n",
    "\r",
    "\u2028",
    "~~",
    "#",
    "$",
]
anything = st.one_of(
    st.text(),
    st.text(st.characters()),  # with lone surrogates
    st.lists(st.sampled_from([*NASTY, " ", "a", "http://x", "<!--", "]]>"])).map("".join),
)


def line(asks: str = "It holds.", *, mandatory: bool = True) -> Line:
    return Line(asks, lambda _: green("it does"), mandatory)


def sheet(*verdicts: Verdict, mandatory: bool = True, environment: str = "local") -> Sheet:
    lines = [Answered(f"line{at}", line(mandatory=mandatory), one) for at, one in enumerate(verdicts)]
    return Sheet(environment, "abc", 1_795_601_482.0, tuple(lines))


class Cells(HTMLParser):
    """Reads the cells of a page, and every tag that it opens."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] in {"td", "th"} and self.rows[-1]:
            self.rows[-1][-1] += data


def in_markdown(text: str) -> list[list[str]]:
    """Give the cells of the one table, as a reader of Markdown shows them; each must be nothing but text."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    assert [token.type for token in tokens if token.level == 0 and token.nesting == 1] == [
        "heading_open",
        "paragraph_open",
        "table_open",
    ]
    rows: list[list[str]] = []
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        if token.type in {"td_open", "th_open"}:
            inner = tokens[at + 1].children or []
            assert {child.type for child in inner} <= {"text", "text_special"}, text
            rows[-1].append("".join(child.content for child in inner))
    return rows


@given(anything, anything)
def test_no_value_breaks_the_markdown(evidence: str, todo: str) -> None:
    head, *rows = in_markdown(sheet(red(evidence, todo), green("well")).markdown())

    assert head == list(HEADS)
    assert rows[0][3:] == [plain(evidence) or "-", plain(todo) or "-"]
    assert rows[1] == ["It holds.", "mandatory", "green", "well", "-"]


@given(anything, anything)
def test_no_value_breaks_the_page(evidence: str, todo: str) -> None:
    usual = Cells(sheet(red("a", "b"), green("well")).html())
    found = Cells(sheet(red(evidence, todo), green("well")).html())

    assert found.tags == usual.tags
    assert [cell.strip() for cell in found.rows[0]] == list(HEADS)
    assert [cell.strip() for cell in found.rows[1][3:5]] == [plain(evidence) or "-", plain(todo) or "-"]


@given(anything)
def test_whatever_it_says_can_be_written(evidence: str) -> None:
    made = sheet(unknown(evidence, evidence))

    assert made.markdown().encode()
    assert made.html().encode()
    assert to_json(made.document())
    assert len(made.markdown().splitlines()) == 7


def test_the_page_needs_nothing_beside_itself_and_can_be_heard() -> None:
    page = sheet(green("see https://example.com/a.css"), red("no", "mend it")).html()

    assert not re.search(r"<(script|link|img|iframe|object|a)\b|url\(|@import", page)
    assert '<html lang="en">' in page
    assert "<title>local is not ready</title>" in page
    assert page.count('scope="row"') == 2
    assert page.count('scope="col"') == len(HEADS)
    assert ">red</td>" in page, "nobody must see colours to know"


def test_only_what_is_mandatory_and_not_green_holds_back() -> None:
    assert sheet(green("a"), green("b")).ready
    assert sheet(green("a"), red("b", "c")).holding_back == ("line1",)
    assert sheet(unknown("a", "b")).holding_back == ("line0",)
    assert sheet(red("a", "b"), unknown("a", "b"), mandatory=False).ready


def test_the_document_has_all_of_it() -> None:
    made = sheet(red("a | b", "mend it"), mandatory=False)

    assert json.loads(to_json(made.document())) == {
        "environment": "local",
        "release": "abc",
        "moment": 1_795_601_482.0,
        "ready": True,
        "lines": [
            {
                "line": "line0",
                "asks": "It holds.",
                "kind": "advisory",
                "state": State.RED.value,
                "evidence": "a | b",
                "todo": "mend it",
            }
        ],
    }
