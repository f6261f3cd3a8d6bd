"""The causes that elapsed time is charged to. Their order is the order of tables and figures."""

from typing import Final

PLANNED: Final = "planned work"
CALENDAR: Final = "calendar"
ESTIMATE: Final = "estimate"
CREW_WAIT: Final = "crew wait"
THIN_TEAM: Final = "thin team"
SKILL: Final = "skill"
FATIGUE: Final = "fatigue"
CROWDING: Final = "crowding"
REWORK: Final = "rework"
TRAVEL: Final = "travel"
WEATHER: Final = "weather"
PERMIT: Final = "permit or opposition"
LANDLORD: Final = "landlord"
UTILITY: Final = "utility"
ALLOCATION: Final = "allocation"
EQUIPMENT: Final = "equipment"
GPU_SUPPLY: Final = "GPU supply"
LOGISTICS: Final = "logistics"
COMMISSIONING: Final = "commissioning failure"
AGENTS: Final = "agents"
ACCEPTANCE: Final = "acceptance"
LAG: Final = "lag"
NOT_BEFORE: Final = "not-before"
FUNDING: Final = "funding"

CAUSES: Final[tuple[str, ...]] = (
    PLANNED, CALENDAR, ESTIMATE, CREW_WAIT, THIN_TEAM, SKILL, FATIGUE, CROWDING, REWORK, TRAVEL, WEATHER, PERMIT,
    LANDLORD, UTILITY, ALLOCATION, EQUIPMENT, GPU_SUPPLY, LOGISTICS, COMMISSIONING, AGENTS,
    ACCEPTANCE, LAG, NOT_BEFORE, FUNDING,
)  # fmt: skip

WAIT_CAUSE: Final = {"crew": CREW_WAIT, "agents": AGENTS, "load banks": AGENTS, "MW": UTILITY, "access": CROWDING}
"""The cause that a wait for a resource is charged to, by kind of resource."""

OUTPUT_FACTORS: Final = (THIN_TEAM, SKILL, FATIGUE, REWORK)
"""The causes of the factors on a crew's output, in the order in which they are applied: absence, skill, overtime, and
rework that is found at once."""
