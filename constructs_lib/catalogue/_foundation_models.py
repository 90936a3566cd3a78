"""Foundation models, their Regions and the Regions behind inference profiles."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from constructs_lib.catalogue._lookup import read_data
from constructs_lib.catalogue._types import FoundationModel

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "embedding_dimensions",
    "geographies",
    "model",
    "model_of_profile",
    "models",
    "nearest",
    "profile_regions",
    "profile_sources",
    "regions_of_geography",
]

# https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html and, for us-gov,
# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
_GEOGRAPHIES = ("apac", "au", "ca", "eu", "global", "in", "jp", "us", "us-gov")

# The source of the models doesn't know GovCloud: a profile is called in either Region, and both may answer.
# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
_GOV = "us-gov"
_GOV_REGIONS = ("us-gov-east-1", "us-gov-west-1")

# The sizes of vector that each embedding model can return, its default first.
_DIMENSIONS: dict[str, tuple[int, ...]] = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/titan-embedding-models.html
    "amazon.titan-embed-text-v1": (1536,),
    "amazon.titan-embed-g1-text-02": (1536,),
    "amazon.titan-embed-text-v2:0": (1024, 512, 256),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html
    "amazon.titan-embed-image-v1": (1024, 384, 256),
    # https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
    "amazon.nova-2-multimodal-embeddings-v1:0": (3072, 1024, 384, 256),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-supported.html
    "cohere.embed-english-v3": (1024,),
    "cohere.embed-multilingual-v3": (1024,),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html
    "cohere.embed-v4:0": (1536, 1024, 512, 256),
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-marengo-3.html
    "twelvelabs.marengo-embed-2-7-v1:0": (1024,),
    "twelvelabs.marengo-embed-3-0-v1:0": (512,),
}


def geographies() -> tuple[str, ...]:
    """Return the prefixes of system-defined inference profile ids, sorted (``us``, ``global``, ...)."""
    return _GEOGRAPHIES


@cache
def models() -> Mapping[str, FoundationModel]:
    """Return the foundation models by id, sorted."""
    sets = tuple(tuple(regions) for regions in read_data()["region_sets"])
    return MappingProxyType({row["id"]: _model(row, sets) for row in read_data()["models"]})


def _model(row: Mapping[str, Any], sets: tuple[tuple[str, ...], ...]) -> FoundationModel:
    types: dict[str, list[str]] = {}
    for kind, regions in row.get("types", {}).items():
        for region in sets[regions]:
            types.setdefault(region, []).append(kind)
    profiles = {}
    for geography, given in row.get("profiles", {}).items():
        # A global profile has a single index: the same Regions whichever is called.
        by_source = dict.fromkeys(sets[given], given) if isinstance(given, int) else given
        profiles[f"{geography.lower()}.{row['id']}"] = MappingProxyType(
            {source: sets[members] for source, members in by_source.items()}
        )
    mantle_regions, mantle_apis = row.get("mantle", (None, ()))
    return FoundationModel(
        id=row["id"],
        lifecycle="LEGACY" if row.get("legacy") else "ACTIVE",
        input_modalities=tuple(row.get("in", ())),
        output_modalities=tuple(row.get("out", ())),
        streaming=row.get("streaming", False),
        runtime=row.get("runtime", False),
        inference_types=MappingProxyType({region: tuple(types[region]) for region in sorted(types)}),
        profiles=MappingProxyType(profiles),
        mantle_regions=() if mantle_regions is None else sets[mantle_regions],
        mantle_apis=tuple(mantle_apis),
    )


def model(model_id: str) -> FoundationModel | None:
    """Return the model of that id, or ``None``: AWS adds models daily, so an unknown id is not an error.

    An inference profile id (``us.amazon.nova-pro-v1:0``) is not a model id; see :func:`model_of_profile`.
    """
    return models().get(model_id)


def model_of_profile(profile_id: str) -> str | None:
    """Return the model id in a system-defined profile id, or ``None`` if the text is not such an id.

    The model itself may be unknown to the catalogue.
    """
    geography, _, model_id = profile_id.partition(".")
    return model_id if geography in _GEOGRAPHIES and "." in model_id else None


def nearest(text: str, count: int = 3) -> tuple[str, ...]:
    """Return up to ``count`` model or profile ids that look like ``text``, the likeliest first."""
    import difflib  # noqa: PLC0415  # costs 3 ms that only a misspelling needs to pay

    known = [*models(), *(profile for found in models().values() for profile in found.profiles)]
    return tuple(difflib.get_close_matches(text, known, n=count, cutoff=0.5))


def profile_regions(profile_id: str, source_region: str | None = None) -> tuple[str, ...]:
    """Return the Regions in which a request through a profile may be answered, sorted.

    Args:
        profile_id: A system-defined inference profile, such as ``eu.amazon.nova-pro-v1:0``.
        source_region: The Region that is called; ``None`` for all of them together.

    Returns:
        The member Regions; empty when the profile, or its use from that Region, is unknown to the catalogue.
        For a global profile these are all Regions that list it, for one of GovCloud its two Regions, whatever
        the model.

    """
    if profile_id.startswith(f"{_GOV}.") and model_of_profile(profile_id):
        return _GOV_REGIONS if source_region in {None, *_GOV_REGIONS} else ()
    found = model(model_of_profile(profile_id) or "")
    by_source = found.profiles.get(profile_id, {}) if found else {}
    if source_region is not None:
        return by_source.get(source_region, ())
    return tuple(sorted({region for members in by_source.values() for region in members}))


def profile_sources(profile_id: str) -> tuple[str, ...]:
    """Return the Regions in which a profile can be called; empty when the catalogue doesn't know it."""
    if profile_id.startswith(f"{_GOV}."):
        return profile_regions(profile_id)
    found = model(model_of_profile(profile_id) or "")
    return tuple(found.profiles.get(profile_id, ())) if found else ()


@cache
def regions_of_geography(geography: str) -> frozenset[str]:
    """Return the Regions in which profiles of a geography (``eu``) can be called; empty if none is known."""
    if geography == _GOV:
        return frozenset(_GOV_REGIONS)
    return frozenset(
        region
        for found in models().values()
        for name, by_source in found.profiles.items()
        if name.partition(".")[0] == geography
        for region in by_source
    )


def embedding_dimensions(model_id: str) -> tuple[int, ...]:
    """Return the sizes of vector that an embedding model can return, its default first; empty if unknown."""
    return _DIMENSIONS.get(model_id, ())
