"""Every package has what makes it a package of ours."""

from __future__ import annotations

import tomllib

import pytest

from tests.repo.tree import DJANGO_PACKAGES, PACKAGES, ROOT, module_of, own_modules, source_of


def project(package: str) -> dict:
    return tomllib.loads((ROOT / "packages" / package / "pyproject.toml").read_text())


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_shipped_typed(package: str):
    assert (source_of(package) / "py.typed").is_file()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_its_version_once_more_and_the_same(package: str):
    version = project(package)["project"]["version"]
    assert f'__version__ = "{version}"' in (source_of(package) / "__init__.py").read_text()


def test_all_packages_have_one_version():
    assert len({project(package)["project"]["version"] for package in PACKAGES}) == 1


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_puts_its_whole_source_folder_into_the_wheel(package: str):
    wheel = project(package)["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == [f"src/{module_of(package)}"]


@pytest.mark.parametrize("package", DJANGO_PACKAGES)
def test_templates_and_static_files_lie_in_a_folder_of_the_apps_name(package: str):
    for kind in ("templates", "static"):
        inside = [path.name for path in (source_of(package) / kind).glob("*")]
        assert set(inside) <= {module_of(package)}, f"{package}: {kind} holds {inside}"


def test_every_folder_of_modules_is_a_regular_package():
    bare = {path.parent for path in own_modules() if not (path.parent / "__init__.py").exists()}
    assert {str(folder.relative_to(ROOT)) for folder in bare} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_siblings_are_asked_for_by_range(package: str):
    """An exact pin between siblings would force everyone to upgrade all packages at one moment."""
    asked = [line for line in project(package)["project"].get("dependencies", []) if line.startswith("webnet-")]
    assert [line for line in asked if ">=" not in line or "<" not in line or "==" in line] == []
