"""The database itself refuses to change or remove a record: SQL per vendor."""

from django.db.backends.base.base import BaseDatabaseWrapper

_REFUSAL = "The audit record is append-only."

_CREATE = {
    "sqlite": [
        f"""CREATE TRIGGER audit_record_is_not_{event}d BEFORE {event.upper()} ON audit_record
        BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"""
        for event in ("update", "delete")
    ],
    "postgresql": [
        f"""CREATE FUNCTION audit_record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
        """CREATE TRIGGER audit_record_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
        ON audit_record FOR EACH STATEMENT EXECUTE FUNCTION audit_record_is_append_only()""",
    ],
}
_DROP = {
    "sqlite": [
        "DROP TRIGGER audit_record_is_not_updated",
        "DROP TRIGGER audit_record_is_not_deleted",
    ],
    "postgresql": [
        "DROP TRIGGER audit_record_is_append_only ON audit_record",
        "DROP FUNCTION audit_record_is_append_only()",
    ],
}


def create(connection: BaseDatabaseWrapper) -> list[str]:
    """The statements that arm the table."""
    return _CREATE[connection.vendor]


def drop(connection: BaseDatabaseWrapper) -> list[str]:
    return _DROP[connection.vendor]
