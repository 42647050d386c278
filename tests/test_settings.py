"""Settings: where they come from, and that their document is complete."""

import logging
from pathlib import Path

import pytest

from sightline import settings
from sightline.domain.errors import BadRequest
from sightline.domain.limits import DEFAULT

NO_FILE = Path("no-such-file.toml")


def test_the_document_is_generated_from_the_settings() -> None:
    document = Path(__file__).parent.parent / "docs" / "settings.md"
    assert document.read_text("utf-8") == settings.table() + "\n", (
        "run: python -m sightline.settings > docs/settings.md"
    )


def test_defaults() -> None:
    found = settings.load({}, NO_FILE)
    assert (found.port, found.limits) == (8000, DEFAULT)
    assert found.catalog_url == f"sqlite:///{Path('sightline-data') / 'catalog.sqlite'}"


def test_what_is_given_wins_over_the_environment_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sightline.toml"
    file.write_text('port = 1\nhost = "::1"\ndata = "from-file"\n')
    found = settings.load({"SIGHTLINE_PORT": "2", "SIGHTLINE_HOST": "0.0.0.0"}, file, port=3, host=None)
    assert (found.port, found.host, found.data) == (3, "0.0.0.0", "from-file")


def test_an_empty_variable_is_not_set() -> None:
    assert settings.load({"SIGHTLINE_PORT": " ", "SIGHTLINE_DATA": ""}, NO_FILE) == settings.Settings()


@pytest.mark.parametrize(
    ("environment", "where"),
    [
        ({"SIGHTLINE_PORT": "eight"}, "SIGHTLINE_PORT"),
        ({"SIGHTLINE_PORT": "70000"}, "SIGHTLINE_PORT"),
        ({"SIGHTLINE_QUEUE": "0"}, "SIGHTLINE_QUEUE"),
        ({"SIGHTLINE_MEMORY": "lots"}, "SIGHTLINE_MEMORY"),
        ({"SIGHTLINE_LOG_LEVEL": "loud"}, "SIGHTLINE_LOG_LEVEL"),
    ],
)
def test_what_cannot_be_understood_names_the_setting(environment: dict[str, str], where: str) -> None:
    with pytest.raises(BadRequest) as caught:
        settings.load(environment, NO_FILE)
    assert caught.value.where == where
    assert "The default is" in (caught.value.hint or "")


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sightline.toml"
    file.write_text("port 8000")
    with pytest.raises(BadRequest, match="not valid TOML"):
        settings.load({}, file)


def test_an_unknown_setting_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        settings.load({"SIGHTLINE_DATTA": "x", "SIGHTLINE_QQQQQQ": "x", "PATH": "x"}, NO_FILE)
    assert [record.getMessage() for record in caplog.records] == [
        "SIGHTLINE_DATTA is no setting of Sightline; did you mean SIGHTLINE_DATA?",
        "SIGHTLINE_QQQQQQ is no setting of Sightline",
    ]
