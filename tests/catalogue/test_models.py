"""Models, Regions, profiles and embedding sizes."""

from __future__ import annotations

import pytest

from constructs_lib import catalogue
from constructs_lib.catalogue.generation import read_installed
from tests.catalogue.sources import PACKAGES, needs_packages


@needs_packages
def test_every_model_of_the_package_comes_back_as_it_stands_there() -> None:
    installed = read_installed(PACKAGES)
    assert list(catalogue.models()) == sorted(installed.models)
    for model_id, raw in installed.models.items():
        found = catalogue.models()[model_id]
        assert list(found.regions) == sorted(raw["regions"])
        assert {r: sorted(t) for r, t in found.inference_types.items()} == {
            r: sorted(t) for r, t in raw["inference_types"].items()
        }
        assert found.streaming is raw["responseStreamingSupported"]
        assert found.lifecycle == raw["model_lifecycle_status"]
        assert list(found.output_modalities) == sorted(raw["outputModalities"])
        assert list(found.input_modalities) == sorted(raw["inputModalities"])
        assert found.runtime is raw.get("runtime_supported", False)
        assert list(found.mantle_regions) == sorted(raw.get("mantle_supported_regions", ()))
        for geography, members in raw.get("inferenceProfile", {}).items():
            profile = found.profiles[f"{geography.lower()}.{model_id}"]
            if isinstance(members, dict):
                assert {s: list(m) for s, m in profile.items()} == {s: sorted(m) for s, m in members.items()}
            else:
                assert set(profile) == set(members)


def test_a_profile_has_the_regions_of_its_source() -> None:
    profile = "eu.amazon.nova-pro-v1:0"
    from_ireland = catalogue.profile_regions(profile, "eu-west-1")
    assert from_ireland == ("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3")
    assert "il-central-1" in catalogue.profile_regions(profile, "il-central-1")
    assert set(from_ireland) < set(catalogue.profile_regions(profile))


@pytest.mark.parametrize(
    ("profile", "source"),
    [
        ("eu.amazon.nova-pro-v1:0", "us-east-1"),
        ("us.amazon.no-such-model-v1:0", "us-east-1"),
        ("amazon.nova-pro-v1:0", "us-east-1"),
        ("us-gov.amazon.nova-pro-v1:0", "us-east-1"),
        ("", None),
    ],
)
def test_an_unknown_profile_has_no_regions(profile: str, source: str | None) -> None:
    assert catalogue.profile_regions(profile, source) == ()


@pytest.mark.parametrize("source", [None, "us-gov-east-1", "us-gov-west-1"])
def test_a_profile_of_govcloud_may_answer_in_both_of_its_regions(source: str | None) -> None:
    profile = "us-gov.amazon.nova-pro-v1:0"
    assert catalogue.profile_regions(profile, source) == ("us-gov-east-1", "us-gov-west-1")
    assert catalogue.profile_sources(profile) == ("us-gov-east-1", "us-gov-west-1")


def test_a_geography_has_the_regions_in_which_its_profiles_are_called() -> None:
    assert catalogue.regions_of_geography("jp") == {"ap-northeast-1", "ap-northeast-3"}
    assert catalogue.regions_of_geography("us-gov") == {"us-gov-east-1", "us-gov-west-1"}
    assert catalogue.regions_of_geography("mars") == frozenset()


def test_a_global_profile_may_answer_in_every_region_that_lists_it() -> None:
    profile = "global.anthropic.claude-opus-5"
    everywhere = catalogue.profile_regions(profile)
    assert len(everywhere) > 20
    assert catalogue.profile_regions(profile, "eu-west-1") == everywhere


@pytest.mark.parametrize(
    ("text", "model_id"),
    [
        ("us.amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
        ("us-gov.anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-haiku-20240307-v1:0"),
        ("global.vendor.model-of-tomorrow", "vendor.model-of-tomorrow"),
        ("amazon.nova-pro-v1:0", None),
        ("us", None),
    ],
)
def test_a_profile_names_its_model(text: str, model_id: str | None) -> None:
    assert catalogue.model_of_profile(text) == model_id


def test_every_geography_of_the_data_is_known() -> None:
    used = {p.partition(".")[0] for m in catalogue.models().values() for p in m.profiles}
    assert used < set(catalogue.geographies())


def test_an_unknown_model_is_none_and_has_neighbours() -> None:
    assert catalogue.model("amazon.nova-por-v1:0") is None
    assert catalogue.nearest("amazon.nova-por-v1:0")[0] == "amazon.nova-pro-v1:0"
    assert len(catalogue.nearest("anthropic.claude")) <= 3
    assert catalogue.nearest("%%%") == ()


def test_every_embedding_model_has_its_sizes() -> None:
    embedding = {m.id for m in catalogue.models().values() if "EMBEDDING" in m.output_modalities}
    assert embedding
    for model_id in embedding:
        assert catalogue.embedding_dimensions(model_id), model_id
    assert catalogue.embedding_dimensions("amazon.titan-embed-text-v2:0") == (1024, 512, 256)
    assert catalogue.embedding_dimensions("amazon.titan-embed-image-v1") == (1024, 384, 256)
    assert catalogue.embedding_dimensions("amazon.nova-2-multimodal-embeddings-v1:0") == (
        3072,
        1024,
        384,
        256,
    )
    assert catalogue.embedding_dimensions("cohere.embed-v4:0") == (1536, 1024, 512, 256)
    assert catalogue.embedding_dimensions("twelvelabs.marengo-embed-3-0-v1:0") == (512,)
    assert catalogue.embedding_dimensions("amazon.nova-pro-v1:0") == ()
