"""Why a text is not a filter, said so that it can be mended."""

from collections.abc import Sequence

from lark import Token

from sightline.domain.errors import FilterError

_JOINING = ("_OR", "_AND", "_NOT", "_MINUS")


def explain(  # noqa: PLR0911  # one line a mistake
    text: str, place: int, seen: Sequence[Token], opened: Sequence[Token]
) -> FilterError:
    """`place`: where reading stopped; `seen`: the tokens before it; `opened`: parentheses that are open there."""
    before = [token for token in seen if (token.start_pos or 0) < place]
    last = before[-1] if before else None
    character = text[place : place + 1]
    if character == '"':
        return _quote(text, place)
    if character in ("", ")") and last is not None and last.type in _JOINING:
        return FilterError(
            f"no condition follows `{last}`",
            column=last.start_pos or 0,
            hint=f'put a condition behind it, or quotes around it: "{last}"',
        )
    if last is not None and last.type in ("COLON", "OPERATOR", "_COMMA"):
        return FilterError(
            f"a value is missing after `{last}`",
            column=place,
            hint="values with spaces, quotes, parentheses or commas, or that begin with = < > ~, need quotes",
        )
    if last is not None and last.type == "_HAS":
        return FilterError("a name is missing after `has:`", column=place, hint="such as has:serial_number")
    if not character and opened:
        return FilterError("this parenthesis is never closed", column=(opened[-1].end_pos or 1) - 1)
    if character == "," and [token.type for token in before[-2:-1]] == ["OPERATOR"]:
        return FilterError("only a colon takes a list of values", column=place, hint="such as line:7,8")
    return _character(character, place, last, opened)


def _quote(text: str, place: int) -> FilterError:
    end = place + 1
    while end < len(text) and text[end] != '"':
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        return FilterError(
            "this quote is never closed", column=place, hint='a quote inside quotes is written \\"'
        )
    if place and not text[place - 1].isspace() and text[place - 1] not in '(:=<>~,-")':
        return FilterError("a quote inside a word", column=place, hint="put the whole word in quotes")
    return FilterError(
        "text follows the closing quote", column=end + 1, hint="leave a space between two conditions"
    )


def _character(  # noqa: PLR0911  # one line a mistake
    character: str, place: int, last: Token | None, opened: Sequence[Token]
) -> FilterError:
    if character == ")":
        if not opened:
            return FilterError("this parenthesis closes nothing", column=place)
        return FilterError("there is no condition between the parentheses", column=place)
    if character == ",":
        return FilterError(
            "a value is missing in this list",
            column=place,
            hint="write values side by side after a colon, without spaces: line:7,8",
        )
    if character == ":":
        named = last is not None and last.type in ("WORD", "STRING") and last.end_pos == place
        if named:
            return FilterError(
                f"a value is missing after `{last}:`", column=place, hint="it stands right behind the colon"
            )
        return FilterError("a name is missing before this colon", column=place, hint="such as line:7")
    if character in "=!<>~":
        return FilterError(
            f"`{character}` compares nothing here", column=place, hint="such as temperature>70; or use quotes"
        )
    return FilterError("a condition is expected here", column=place, hint="such as line:7")
