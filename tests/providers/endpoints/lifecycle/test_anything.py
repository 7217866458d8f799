"""Whatever people, Hugging Face and the network do: what is shown in the end is what is so."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import F
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.live.models import OrganizationVersion
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.wire import Request
from providers.endpoints import polling
from providers.endpoints.lifecycle import asking, batches, running
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace
from tests.conftest import SignIn
from tests.factories import stored_token
from tests.providers.endpoints.lifecycle.conftest import CALL, MANAGE, MUTATING, is_shown
from tests.providers.endpoints.lifecycle.test_running import VERBS as CASES

# Both organizations see the first namespace; of the others each sees its own.
SHARED, ALONE = "acme-labs", {"acme": "ada", "umbrella": "bob"}
PLACES = ((SHARED, "llama-one"), ("ada", "llama-two"), ("bob", "llama-three"))
# Without 429: what is refused so is sent again, when it was told to be.
FAULTS = ("lost", "late", "truncated", "500", "503", "504", "400", "403", "409", "quota")
STATES = ("running", "paused", "scaledToZero", "failed", "initializing")
ASKED = ("pause", "resume", "wake", "scale-to-zero", "scaling", "tags", "delete")
ABILITIES = ("list", "manage", "call")
FOR_MANY = tuple(verb for verb in ASKED if VERBS[verb].bulk)

people = st.sampled_from([0, 1, 2])  # two of one organization, and one of the other
places = st.sampled_from(PLACES)


class Acting(RuleBasedStateMachine):
    """Two organizations and their people, and workers that come when they come."""

    upstream: ClassVar[Sandbox]
    clock: ClassVar[Clock]
    actors: ClassVar[list[tuple[Organization, Actor]]]
    clients: ClassVar[dict[str, Client]]  # by the slug of the organization

    @initialize()
    def begin(self) -> None:
        self.changes = transaction.atomic()
        self.changes.__enter__()
        self.upstream.clear_faults()
        self.addresses: dict[str, tuple[str, str]] = {}
        for place in PLACES:
            self._deploy(place)
        self._look_everywhere()
        self.upstream.requests.clear()

    @rule(person=people, place=places, verb=st.sampled_from(ASKED), fault=st.sampled_from(FAULTS))
    def ask_and_fail(self, person: int, place: tuple[str, str], verb: str, fault: str) -> None:
        self.upstream.fault(fault, endpoint=place[1], method=CASES[verb].method, times=1)
        self._ask(person, place, verb)

    @rule(person=people, place=places, verb=st.sampled_from(ASKED))
    def ask(self, person: int, place: tuple[str, str], verb: str) -> None:
        self._ask(person, place, verb)

    @rule(person=people, verb=st.sampled_from(FOR_MANY))
    def ask_of_all(self, person: int, verb: str) -> None:
        organization, actor = self.actors[person]
        endpoints = list(organization.endpoints.present().order_by("name"))
        with touching(organization):
            batches.ask(organization, VERBS[verb], endpoints, actor)

    @rule(person=people)
    def stop_the_last(self, person: int) -> None:
        organization, actor = self.actors[person]
        batch = Batch.objects.select_related("organization").filter(organization=organization)
        with touching(organization):
            for last in batch[:1]:
                batches.stop(last, actor)

    @rule(person=people, place=places)
    def take_back(self, person: int, place: tuple[str, str]) -> None:
        organization, actor = self.actors[person]
        actions = Action.objects.filter(endpoint__in=endpoints_of(organization, place))
        with touching(organization):
            for last in actions[:1]:
                asking.cancel(last, actor)

    @rule(place=places, state=st.sampled_from(STATES))
    def change_upstream(self, place: tuple[str, str], state: str) -> None:
        if self.upstream.state.endpoint(*place) is not None:
            self.upstream.change_endpoint(*place, state=state)

    @rule(place=places)
    def delete_or_deploy_anew_upstream(self, place: tuple[str, str]) -> None:
        if self.upstream.state.endpoint(*place) is None:
            self._deploy(place)
        else:
            self.upstream.remove_endpoint(*place)

    @rule(after=st.sampled_from([0, 1, 5, 30, 200]))
    def work(self, after: int) -> None:
        self.clock.advance(after)
        claim = Action.objects.open().claim()
        for pk in claim.ids:
            with touching(Action.objects.select_related("organization").get(pk=pk).organization):
                running.run(pk, claim.lease)

    @rule(namespace=st.sampled_from([SHARED, *ALONE.values()]))
    def look(self, namespace: str) -> None:
        for seen in Namespace.objects.filter(name=namespace).select_related("organization"):
            with touching(seen.organization):
                look_at(seen)

    @invariant()
    def one_open_action_and_one_request_each(self) -> None:
        open_ones = Counter(Action.objects.open().values_list("endpoint", flat=True))
        assert max(open_ones.values(), default=0) <= 1
        requests = [each for each in list(self.upstream.requests) if each.method in MUTATING]
        whose = {each.secret.reveal(): each.organization_id for each in AccessToken.objects.all()}
        sent = Counter((whose[each.bearer or ""], *self._place_of(each)) for each in requests)
        rows = Action.objects.values_list("organization", "namespace__name", "name")
        assert sent <= Counter(rows.exclude(sent_at=None))

    def teardown(self) -> None:
        try:
            self._calm_down()
            self.one_open_action_and_one_request_each()
            self._compare()
            self._compare_pages()
        finally:
            for place in PLACES:
                if self.upstream.state.endpoint(*place) is not None:
                    self.upstream.remove_endpoint(*place)
            transaction.set_rollback(True)
            self.changes.__exit__(None, None, None)

    def _ask(self, person: int, place: tuple[str, str], verb: str) -> None:
        organization, actor = self.actors[person]
        endpoint = endpoints_of(organization, place).first()
        if endpoint is None or endpoint.deleted_at:
            return
        with touching(organization):
            try:
                asking.ask(endpoint, VERBS[verb], actor, CASES[verb].wanted)
            except asking.BusyError:
                assert Action.objects.open().filter(endpoint=endpoint).count() == 1

    def _deploy(self, place: tuple[str, str]) -> None:
        made = self.upstream.add_endpoint(*place, state="running", min_replica=0, max_replica=2)
        self.addresses[made.url_when_deployed.partition("://")[2]] = place

    def _place_of(self, request: Request) -> tuple[str, str]:
        """The namespace and the name of the endpoint that the request is for."""
        if request.host in self.addresses:
            return self.addresses[request.host]
        _, _version, _endpoint, namespace, name, *_ = request.path.split("/")
        return namespace, name

    def _look_everywhere(self) -> None:
        for namespace in Namespace.objects.all():
            look_at(namespace)

    def _calm_down(self) -> None:
        self.upstream.clear_faults()
        for _ in range(300):
            if not Action.objects.open().exists():
                break
            self.work(after=5)
        assert not Action.objects.open().exists()
        self.clock.advance(60)  # what is done late is done then
        self._look_everywhere()

    def _compare(self) -> None:
        for endpoint in Endpoint.objects.select_related("namespace"):
            place = (endpoint.namespace.name, endpoint.name)
            assert is_shown(endpoint, self.upstream.state.endpoint(*place))
        for organization in {organization for organization, _ in self.actors}:
            of_it = {"organization": organization}
            told = Counter(Record.objects.filter(**of_it).values_list("outcome", flat=True))
            states = Counter(Action.objects.filter(**of_it).values_list("state", flat=True))
            assert told["asked"] == states.total()
            for state in ("done", "unclear"):
                assert told[state] == states[state]
            assert told["refused"] == sum(states[s] for s in ("refused", "cancelled", "superseded"))

    def _compare_pages(self) -> None:
        """The page of what both see names nobody of the other organization."""
        for slug, client in self.clients.items():
            page = client.get(f"/o/{slug}/endpoints/{SHARED}/llama-one/")
            assert page.status_code == 200
            for organization, actor in self.actors:
                assert organization.slug == slug or actor.label not in page.content.decode()


def look_at(namespace: Namespace) -> None:
    """At this one alone."""
    lease = Namespace.objects.take(namespace.pk)
    assert lease is not None
    polling.check(namespace.pk, lease)


def endpoints_of(organization: Organization, place: tuple[str, str]) -> Any:
    namespace, name = place
    return organization.endpoints.filter(namespace__name=namespace, name=name)


@contextmanager
def touching(organization: Organization) -> Iterator[None]:
    """What happens inside leaves every other organization as it is."""
    before = rows_beside(organization)
    yield
    assert rows_beside(organization) == before
    mixed = Action.objects.exclude(endpoint__organization=F("organization"))
    assert not mixed.exists()


def rows_beside(organization: Organization) -> list[Any]:
    """What is written with everything that happens, of the other organization."""
    rows = [
        Action.objects.values_list("pk", "state", "lease_id", "next_check_at"),
        Batch.objects.values_list("pk", "stopped_at"),
        Endpoint.objects.values_list("pk", "version", "state", "deleted_at"),
        Namespace.objects.values_list("pk", "version", "lease_id", "next_check_at", "checked_at"),
        Record.objects.values_list("pk"),
        OrganizationVersion.objects.values_list("pk", "number"),
    ]
    return [list(each.exclude(organization=organization).order_by("pk")) for each in rows]


def settle_in(upstream: Sandbox, organization: Organization, user: str) -> None:
    """Store a token of the user, through which the organization manages what it sees."""
    seen = (SHARED, ALONE[organization.slug])
    value = upstream.add_token(user, scopes=dict.fromkeys(seen, (*MANAGE, *CALL)))
    token = stored_token(organization, f"{user}-manages", value, owner=user, state="valid")
    for name in seen:
        kind = "org" if name == SHARED else "user"
        namespace = organization.namespaces.create(name=name, kind=kind)
        token.accesses.create(namespace=namespace, abilities=dict.fromkeys(ABILITIES, "yes"))


def test_in_the_end_what_is_shown_is_so_and_nothing_was_sent_twice(
    upstream: Sandbox,
    clock: Clock,
    organization: Organization,
    admin: User,
    operator: User,
    outsider: User,
    sign_in: SignIn,
) -> None:
    upstream.add_organization(SHARED, members={"ada": "admin", "bob": "admin"})
    other = outsider.memberships.get().organization
    settle_in(upstream, organization, "ada")
    settle_in(upstream, other, "bob")
    Acting.upstream, Acting.clock = upstream, clock
    Acting.actors = [
        (organization, Actor.person(admin)),
        (organization, Actor.person(operator)),
        (other, Actor.person(outsider)),
    ]
    Acting.clients = {"acme": sign_in(admin), "umbrella": sign_in(outsider)}
    run_state_machine_as_test(
        Acting,
        settings=settings(
            max_examples=25,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
