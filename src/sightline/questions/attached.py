"""The value that one id has of one field, whether its inference has arrived or not."""

import msgspec

from sightline.store.duckdb.session import Session


class AttachedParameters(msgspec.Struct, frozen=True, kw_only=True):
    inference_id: str
    field: str


class AttachedAnswer(msgspec.Struct, frozen=True):
    field_value: str | None
    """None: it has none, or it was removed."""


def ask(session: Session, parameters: AttachedParameters) -> AttachedAnswer:
    (value,) = session.row(
        "SELECT arg_max(struct_pack(value := value), sequence).value "
        f"FROM {session.log_of(parameters.inference_id)} WHERE field = $field",
        {"inference_id": parameters.inference_id, "field": parameters.field},
    )
    return AttachedAnswer(field_value=value)
