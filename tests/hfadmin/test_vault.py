"""Secrets: masked in memory, sealed to their row, readable by every key of the ring."""

import copy
import json
import pickle
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from hfadmin import vault
from hfadmin.accounts.models import Organization
from hfadmin.vault import KeyRing, Secret, UndecryptableError
from providers.tokens.models import AccessToken

VALUE = "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH"
FIELD = AccessToken._meta.get_field("secret")
OLD, NEW = KeyRing.new_key(), KeyRing.new_key()


def token(organization: int = 1, pk: UUID | None = None, value: str = VALUE) -> AccessToken:
    row = AccessToken(id=pk or uuid4(), organization_id=organization, name="t")
    row.secret = Secret(value)
    return row


def sealed(row: AccessToken) -> str:
    stored = FIELD.pre_save(row, add=True)
    assert isinstance(stored, str)
    return stored


def test_a_secret_does_not_show_in_its_texts() -> None:
    secret = Secret(VALUE)
    for shown in (repr(secret), str(secret), "%s" % secret, "%r" % [secret]):  # noqa: UP031
        assert VALUE not in shown
        assert VALUE[-4:] not in shown


@pytest.mark.parametrize(
    "leak",
    [
        lambda secret: f"{secret}",
        lambda secret: pickle.dumps(secret),
        lambda secret: json.dumps({"token": secret}),
        lambda secret: hash(secret),
        lambda secret: list(secret),
        lambda secret: vars(secret),
    ],
    ids=["format", "pickle", "json", "hash", "iterate", "vars"],
)
def test_a_secret_refuses_to_be_taken_apart(leak: object) -> None:
    with pytest.raises(TypeError) as refused:
        leak(Secret(VALUE))  # type: ignore[operator]
    assert VALUE not in str(refused.value)


def test_copies_of_a_secret_are_the_secret() -> None:
    secret = Secret(VALUE)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


@given(st.text(), st.text())
def test_secrets_are_equal_when_their_values_are(one: str, other: str) -> None:
    assert (Secret(one) == Secret(other)) is (one == other)
    assert Secret(one) != one


def test_the_last_four_of_a_short_secret_are_not_shown() -> None:
    assert Secret(VALUE).last_four == "EFGH"
    assert Secret("hf_1234").last_four == ""


@given(st.text(max_size=200))
def test_what_was_sealed_for_a_row_opens_for_it(value: str) -> None:
    row = token(value=value)
    assert value == "" or value not in sealed(row) or len(value) < 8
    assert row.secret.reveal() == value


@given(
    st.tuples(st.integers(1, 99), st.uuids()),
    st.tuples(st.integers(1, 99), st.uuids()),
    st.text(),
)
def test_a_ciphertext_moved_to_another_row_is_refused(
    one: tuple[int, UUID], other: tuple[int, UUID], value: str
) -> None:
    moved = sealed(token(*one, value=value))
    row = AccessToken(id=other[1], organization_id=other[0])
    row.secret_sealed = vault.Sealed(moved)
    if one == other:
        assert row.secret.reveal() == value
    else:
        with pytest.raises(UndecryptableError):
            _ = row.secret


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_damaged_ciphertext_is_refused(place: int, flip: int) -> None:
    row = token()
    stored = sealed(row)
    place %= len(stored)
    row.secret_sealed = vault.Sealed(
        stored[:place] + chr(ord(stored[place]) ^ flip) + stored[place + 1 :]
    )
    try:
        found = row.secret.reveal()
    except UndecryptableError:
        return
    assert found == VALUE  # only the key's name, which is not part of the secret, was changed


def test_an_unknown_key_is_an_error_that_names_it() -> None:
    with override_settings(VAULT=KeyRing.load(OLD)):
        row = token()
        sealed(row)
    with override_settings(VAULT=KeyRing.load(NEW)), pytest.raises(UndecryptableError) as error:
        _ = row.secret
    assert error.value.key_id == OLD.partition(":")[0]
    assert VALUE not in str(error.value)


@pytest.mark.django_db
def test_the_database_holds_ciphertext_only() -> None:
    organization = Organization.objects.create(name="Acme", slug="acme")
    row = token(organization.pk)
    row.save()
    row.refresh_from_db()
    assert row.secret.reveal() == VALUE
    stored = AccessToken.objects.values_list("secret", flat=True).get()
    assert isinstance(stored, str)
    assert VALUE not in stored
    assert VALUE not in repr(vars(AccessToken.objects.get()))


@pytest.mark.django_db
def test_a_deferred_secret_is_loaded_when_it_is_read() -> None:
    organization = Organization.objects.create(name="Acme", slug="acme")
    token(organization.pk).save()
    assert AccessToken.objects.defer("secret").get().secret.reveal() == VALUE


@pytest.mark.django_db
def test_an_unsealed_secret_does_not_get_into_an_update() -> None:
    with pytest.raises(TypeError, match="sealed"):
        AccessToken.objects.update(secret=Secret(VALUE))


def test_a_plain_text_is_not_taken_for_a_secret() -> None:
    with pytest.raises(TypeError, match="takes a Secret"):
        token().secret = VALUE  # type: ignore[assignment]


def test_a_secret_is_not_sealed_for_a_row_without_an_organization() -> None:
    row = AccessToken()
    row.secret = Secret(VALUE)
    with pytest.raises(ValueError, match="organization"):
        sealed(row)


@given(st.text(min_size=1), st.text(min_size=1))
def test_fingerprints_recognise_the_same_secret_under_every_key(one: str, other: str) -> None:
    with override_settings(VAULT=KeyRing.load(OLD)):
        stored = vault.fingerprint(Secret(one))
    with override_settings(VAULT=KeyRing.load(f"{NEW}\n{OLD}")):
        assert stored in vault.fingerprints(Secret(one))
        assert stored != vault.fingerprint(Secret(one))
        assert (stored in vault.fingerprints(Secret(other))) is (one == other)


@pytest.mark.parametrize(
    "text",
    ["", "nokey", "a:short", f"{OLD},{OLD}", ":" + OLD.partition(":")[2], f"a b:{OLD}"],
    ids=["empty", "no key", "short key", "a name twice", "no name", "a space in the name"],
)
def test_a_ring_that_cannot_be_read_says_what_to_set(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="HFADMIN_SECRET_KEYS") as error:
        KeyRing.load(text)
    assert OLD.partition(":")[2] not in str(error.value)


def test_a_generated_ring_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    made = KeyRing.load("", generate_in=tmp_path)
    assert KeyRing.load("", generate_in=tmp_path).ids == made.ids
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_ring_shows_its_keys_names_only() -> None:
    assert OLD.partition(":")[2] not in repr(KeyRing.load(OLD))
