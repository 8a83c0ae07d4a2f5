"""What no deal is worth while a war goes on, to the players and at every state of the front."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.ensemble import Ensemble
from sim.equilibria.setting import Setting
from sim.fighting import Chain, Fought, fought
from sim.preferences.readers import Central, Reader
from sim.problem import Floats
from sim.scenario import Fighting


@dataclass(frozen=True, eq=False)
class WarCourse:
    """The war of a scenario as its players see it, in one reading or many.

    Attributes
    ----------
    fought
        The `war` block in arrays, for all parties of the scenario.
    columns
        Places of the players among them.
    believed
        For each player whether its own beliefs count; ``None`` where its no-deal value is a
        number of the file and no war moves it.
    fixed
        No-deal values of the file, shape ``(n_draws, n_players)``.
    """

    fought: Fought
    columns: tuple[int, ...]
    believed: tuple[bool | None, ...]
    fixed: Floats

    def by_state(self) -> Floats:
        """Return what no deal is worth once the fighting goes on, by state of the front.

        Returns
        -------
        ndarray
            Shape ``(n_draws, n_states, n_players)``.
        """
        each = np.broadcast_arrays(*(self.worth(k) for k in range(len(self.columns))))
        return np.stack(each, axis=2)

    def worth(self, player: int) -> Floats:
        """Return it for one player, shape ``(n_draws, n_states)``."""
        believed = self.believed[player]
        if believed is None:
            return np.repeat(self.fixed[:, [player]], len(self.fought.states), axis=1)
        return self.fought.worth(self.columns[player], believed=believed)

    def outset(self) -> Floats:
        """Return what going to war is worth from the start, ``(n_draws, n_players)``."""
        start = self.by_state()[:, self.fought.start]
        moved = np.array([believed is not None for believed in self.believed])
        return np.asarray(start - moved * self.fought.once[:, list(self.columns)])

    def in_common(self) -> WarCourse:
        """Return the same war with everyone seeing its course as all do."""
        believed = tuple(None if b is None else False for b in self.believed)
        return replace(self, believed=believed)

    def course(self, player: int) -> Chain:
        """Return the course of the war as one player sees it."""
        return self.fought.course(self.columns[player], believed=bool(self.believed[player]))


def war_course(
    setting: Setting, ensemble: Ensemble | None = None, read: Reader | None = None
) -> WarCourse:
    """Read the war of a setting, whose scenario has a `war` block.

    Players whose disagreement value follows from the war are moved by it. Where that holds for
    none of them, the block is looked at for its own sake, and all of them are.

    Parameters
    ----------
    setting
        The scenario and its players.
    ensemble, read
        One of the setting's ensembles and its reader; the central reading by default.
    """
    one = setting.one if ensemble is None else ensemble
    war = fought(setting.scenario, one, Central() if read is None else read)
    levels = [setting.scenario.parties[party].disagreement for party in setting.parties]
    believed: list[bool | None] = [
        level.war == "believed" if isinstance(level, Fighting) else None for level in levels
    ]
    if all(own is None for own in believed):
        believed = [True] * len(believed)
    return WarCourse(war, setting.columns, tuple(believed), one.disagreement[:, setting.columns])
