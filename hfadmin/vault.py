"""Secrets: masked in memory (Secret), encrypted in the database (SealedField), and their keys.

A value is stored as `<key id>:<Fernet token>`. The plaintext names the organization, table and row
that it belongs to, so a ciphertext that was moved to another row is refused on reading.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable

_MASK = "••••••••"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_FORMAT = "HFADMIN_SECRET_KEYS holds `name:key` entries, comma separated, the current first"
KEYS_FILE = "secret_keys"


class UndecryptableError(Exception):
    """The stored value cannot be decrypted: its key is missing, it belongs to another row, or it is
    damaged. `key_id` is the key that it names, "" where that is no key id."""

    def __init__(self, key_id: str = "") -> None:
        super().__init__(f"The stored value cannot be decrypted (key {key_id or 'unknown'}).")
        self.key_id = key_id


class Secret:
    """A string that is masked when shown, and raises TypeError when formatted or pickled.

    Comparison takes constant time.
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # a hash by value would be a way to compare

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    @property
    def last_four(self) -> str:
        """The last four characters, which may be shown; "" for a value shorter than twelve."""
        return self._value[-4:] if len(self._value) >= 12 else ""

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        ours, theirs = (s.reveal().encode("utf-8", "surrogatepass") for s in (self, other))
        return hmac.compare_digest(ours, theirs)

    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    def __str__(self) -> str:
        return _MASK

    def __format__(self, specification: str) -> Never:
        raise TypeError("A Secret is not formatted; call reveal() where it must be sent.")

    def __reduce__(self) -> Never:
        raise TypeError("A Secret is not pickled; pass the id of the row that holds it.")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self


class KeyRing:
    """Fernet keys by id. The first encrypts; all of them decrypt."""

    def __init__(self, keys: dict[str, str]) -> None:
        if not keys:
            raise ImproperlyConfigured(f"No encryption key is set. {_FORMAT}.")
        try:
            fernets = [Fernet(key) for key in keys.values()]
        except ValueError as error:
            raise ImproperlyConfigured(
                f"An encryption key is not 32 bytes in URL-safe base64. {_FORMAT}; "
                "`hfadmin key` makes one."
            ) from error
        self.ids = tuple(keys)
        self._fernet = MultiFernet(fernets)
        self._fingerprint_keys = [_fingerprint_key(key) for key in keys.values()]

    @classmethod
    def load(cls, text: str, *, generate_in: Path | None = None) -> Self:
        """Return the ring in `text`; if that is empty, the one in a file in `generate_in`, which
        the first call generates with mode 0600. Raises ImproperlyConfigured."""
        if not text and generate_in is not None:
            text = _load_or_generate(generate_in / KEYS_FILE)
        return cls(_parse(text))

    @staticmethod
    def new_key() -> str:
        """Return a new `name:key` entry, to be put before the others."""
        return f"k{secrets.token_hex(4)}:{Fernet.generate_key().decode()}"

    @property
    def current(self) -> str:
        return self.ids[0]

    def seal(self, plaintext: str) -> str:
        """Encrypt with the current key, and return `<key id>:<Fernet token>`."""
        return f"{self.current}:{self._fernet.encrypt(plaintext.encode()).decode()}"

    def open(self, sealed: str) -> str:
        """Return the plaintext. Raises UndecryptableError."""
        key_id, _, token = sealed.partition(":")
        try:
            return self._fernet.decrypt(token).decode()
        except (InvalidToken, ValueError) as error:
            raise UndecryptableError(key_id if _KEY_ID.fullmatch(key_id) else "") from error

    def fingerprints(self, value: str) -> list[str]:
        """Return the HMAC-SHA256 of `value` under every key, in hexadecimal, the current first."""
        raw = value.encode("utf-8", "surrogatepass")
        return [hmac.new(key, raw, hashlib.sha256).hexdigest() for key in self._fingerprint_keys]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.ids)})"


def ring() -> KeyRing:
    """Return the ring of the settings."""
    found: KeyRing = settings.VAULT
    return found


def fingerprint(secret: Secret) -> str:
    """Return the fingerprint to store: the one under the current key."""
    return fingerprints(secret)[0]


def fingerprints(secret: Secret) -> list[str]:
    """Return the fingerprints under every key, to look a stored secret up by."""
    return ring().fingerprints(secret.reveal())


class Sealed(str):
    """An encrypted value, as it is stored."""

    __slots__ = ()

    @property
    def is_current(self) -> bool:
        return self.partition(":")[0] == ring().current


if TYPE_CHECKING:
    _TextField = models.TextField[Secret | Sealed, Secret]
else:
    _TextField = models.TextField


class SealedField(_TextField):
    """A field for a Secret; the column and the attribute `<name>_sealed` hold the ciphertext.

    The model needs `organization_id` and a primary key that is set before saving. Reading the
    attribute raises UndecryptableError. For an update, encrypt first:
    `.update(secret=field.seal(row, secret))`.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("editable", False)
        super().__init__(*args, **options)

    def get_attname(self) -> str:
        # Django copies the attribute of this name (refresh_from_db, deferred loading, pickling), so
        # it must be the ciphertext.
        return f"{self.name}_sealed"

    def get_attname_column(self) -> tuple[str, str]:
        return self.get_attname(), self.db_column or self.name

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.name, _SecretDescriptor(self))

    def from_db_value(
        self, value: str | None, expression: Combinable, connection: BaseDatabaseWrapper
    ) -> Sealed | None:
        return None if value is None else Sealed(value)

    def get_prep_value(self, value: object) -> str | None:
        if value is None or isinstance(value, Sealed):
            return value
        raise TypeError(f"{self.name} is stored sealed: save the row, or seal the value for it.")

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value = getattr(model_instance, self.attname)
        if isinstance(value, Secret):
            value = self.seal(model_instance, value)
            setattr(model_instance, self.attname, value)
        return None if value is None else Sealed(value)

    def seal(self, row: models.Model, secret: Secret) -> Sealed:
        """Encrypt `secret` for this row. Raises ValueError without its organization and id."""
        return Sealed(ring().seal(json.dumps([*_row_identity(row), secret.reveal()])))

    def open(self, row: models.Model, sealed: str) -> Secret:
        """Decrypt. Raises UndecryptableError, also for a value that belongs to another row."""
        content = json.loads(ring().open(sealed))
        if content[:3] != _row_identity(row):
            raise UndecryptableError(sealed.partition(":")[0])
        return Secret(content[3])


class _SecretDescriptor:
    """The descriptor behind the attribute of a SealedField."""

    def __init__(self, field: SealedField) -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        value = getattr(row, self.field.attname)
        if value is None or isinstance(value, Secret):
            return value
        return self.field.open(row, value)

    def __set__(self, row: models.Model, value: Secret | Sealed | None) -> None:
        if not (value is None or isinstance(value, Secret | Sealed)):
            raise TypeError(f"{self.field.name} takes a Secret, not {type(value).__name__}.")
        setattr(row, self.field.attname, value)


def _row_identity(row: models.Model) -> list[str]:
    organization = getattr(row, "organization_id", None)
    if organization is None or row.pk is None:
        raise ValueError("A secret is sealed for a row: set its organization and id first.")
    return [str(organization), row._meta.db_table, str(row.pk)]  # noqa: SLF001


def _fingerprint_key(key: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"hfadmin fingerprint")
    return derive.derive(key.encode())


def _parse(text: str) -> dict[str, str]:
    keys: dict[str, str] = {}
    for entry in text.replace("\n", ",").split(","):
        if not entry.strip():
            continue
        name, separator, key = entry.strip().partition(":")
        if not separator or not _KEY_ID.fullmatch(name) or name in keys:
            raise ImproperlyConfigured(f"The encryption keys cannot be read. {_FORMAT}.")
        keys[name] = key.strip()
    return keys


def _load_or_generate(path: Path) -> str:
    """Return the content of the file, with a new key where it is missing.

    It is created atomically, since several processes may start at the same time.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(KeyRing.new_key() + "\n")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
