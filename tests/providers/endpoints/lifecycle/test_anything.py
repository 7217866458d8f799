"""Whatever people, Hugging Face and the network do: what is shown in the end is what is so."""

from collections import Counter
from typing import ClassVar

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from hfadmin.accounts.models import User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import asking, batches
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import MUTATING, NAMESPACE, work
from tests.providers.endpoints.lifecycle.test_running import VERBS as CASES

NAMES = ("llama-one", "llama-two")
# Without 429: what is refused so is sent again, when it was told to be.
FAULTS = ("lost", "truncated", "500", "503", "504", "400", "403", "409", "quota")
STATES = ("running", "paused", "scaledToZero", "failed", "initializing")
ASKED = ("pause", "resume", "wake", "scale-to-zero", "scaling", "tags", "delete")
FOR_MANY = tuple(verb for verb in ASKED if VERBS[verb].bulk)

people = st.sampled_from([0, 1])
names = st.sampled_from(NAMES)


class Acting(RuleBasedStateMachine):
    """Two people, two endpoints, and workers that come when they come."""

    upstream: ClassVar[Sandbox]
    clock: ClassVar[Clock]
    namespace: ClassVar[Namespace]
    actors: ClassVar[list[Actor]]

    @initialize()
    def begin(self) -> None:
        self.changes = transaction.atomic()
        self.changes.__enter__()
        self.upstream.clear_faults()
        for name in NAMES:
            self._deploy(name)
        self.namespace.refresh_from_db()
        look(self.namespace)
        self.upstream.requests.clear()

    @rule(person=people, name=names, verb=st.sampled_from(ASKED))
    def ask(self, person: int, name: str, verb: str) -> None:
        endpoint = Endpoint.objects.get(name=name)
        if endpoint.deleted_at:
            return
        try:
            asking.ask(endpoint, VERBS[verb], self.actors[person], CASES[verb].wanted)
        except asking.BusyError:
            assert Action.objects.open().filter(name=name).count() == 1

    @rule(person=people, verb=st.sampled_from(FOR_MANY))
    def ask_of_all(self, person: int, verb: str) -> None:
        endpoints = list(Endpoint.objects.present().order_by("name"))
        batches.ask(self.namespace.organization, VERBS[verb], endpoints, self.actors[person])

    @rule(person=people)
    def stop_the_last(self, person: int) -> None:
        batch = Batch.objects.select_related("organization").first()
        if batch is not None:
            batches.stop(batch, self.actors[person])

    @rule(person=people, name=names)
    def take_back(self, person: int, name: str) -> None:
        action = Action.objects.filter(name=name).first()
        if action is not None:
            asking.cancel(action, self.actors[person])

    @rule(fault=st.sampled_from(FAULTS), method=st.sampled_from(["POST", "PUT", "DELETE"]))
    def fail_once(self, fault: str, method: str) -> None:
        self.upstream.fault(fault, method=method, times=1)

    @rule(name=names, state=st.sampled_from(STATES))
    def change_upstream(self, name: str, state: str) -> None:
        if self.upstream.state.endpoint(NAMESPACE, name) is not None:
            self.upstream.change_endpoint(NAMESPACE, name, state=state)

    @rule(name=names)
    def delete_or_deploy_anew_upstream(self, name: str) -> None:
        if self.upstream.state.endpoint(NAMESPACE, name) is None:
            self._deploy(name)
        else:
            self.upstream.remove_endpoint(NAMESPACE, name)

    @rule(seconds=st.sampled_from([1, 5, 30, 200]))
    def let_time_pass(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def work(self) -> None:
        work()

    @rule()
    def look(self) -> None:
        look(self.namespace)

    @invariant()
    def one_open_action_and_one_request_each(self) -> None:
        open_ones = Counter(Action.objects.open().values_list("name", flat=True))
        assert max(open_ones.values(), default=0) <= 1
        asked = Counter(Action.objects.values_list("name", flat=True))
        requests = [each for each in list(self.upstream.requests) if each.method in MUTATING]
        assert len(requests) <= asked.total()
        for name in NAMES:
            assert sum(f"/{name}" in each.path for each in requests) <= asked[name]

    def teardown(self) -> None:
        try:
            self._calm_down()
            self._compare()
        finally:
            for name in NAMES:
                if self.upstream.state.endpoint(NAMESPACE, name) is not None:
                    self.upstream.remove_endpoint(NAMESPACE, name)
            transaction.set_rollback(True)
            self.changes.__exit__(None, None, None)

    def _deploy(self, name: str) -> None:
        self.upstream.add_endpoint(NAMESPACE, name, state="running", min_replica=0, max_replica=2)

    def _calm_down(self) -> None:
        self.upstream.clear_faults()
        for _ in range(300):
            if not Action.objects.open().exists():
                break
            work()
            self.clock.advance(5)
        assert not Action.objects.open().exists()
        look(self.namespace)

    def _compare(self) -> None:
        for endpoint in Endpoint.objects.all():
            remote = self.upstream.state.endpoint(NAMESPACE, endpoint.name)
            assert (endpoint.deleted_at is not None) == (remote is None)
            if remote is not None:
                assert endpoint.state == remote.state
                assert endpoint.tags == list(remote.tags)
                assert endpoint.max_replicas == remote.max_replica
        told = Counter(Record.objects.values_list("outcome", flat=True))
        states = Counter(Action.objects.values_list("state", flat=True))
        assert told["asked"] == states.total()
        for state in ("done", "unclear"):
            assert told[state] == states[state]
        assert told["refused"] == sum(states[s] for s in ("refused", "cancelled", "superseded"))


def test_in_the_end_what_is_shown_is_so_and_nothing_was_sent_twice(
    upstream: Sandbox, clock: Clock, namespace: Namespace, admin: User, operator: User
) -> None:
    Acting.upstream, Acting.clock, Acting.namespace = upstream, clock, namespace
    Acting.actors = [Actor.person(admin), Actor.person(operator)]
    run_state_machine_as_test(
        Acting,
        settings=settings(
            max_examples=40,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
