"""What the master waits for while the reporter is imported."""

from __future__ import annotations

import subprocess
import sys

CONFIGURE = """
import sys
from headcount.client import UsageData
config = {'buildbotNetUsageData': 'full'}
config['configurators'] = [UsageData('https://collector.invalid')]
for configurator in config['configurators']:
    configurator.configure(config)
assert len(config['services']) == 1, config
print(*sorted(name for name in sys.modules if name.startswith('headcount')))
"""


def test_a_configuration_imports_no_more_than_settings_policy_and_service() -> None:
    """What makes and sends reports is imported once the master runs, the most of it in a thread."""
    ran = subprocess.run([sys.executable, "-c", CONFIGURE], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [
        "headcount",
        "headcount.client",
        "headcount.client._collector",
        "headcount.client._service",
        "headcount.client._settings",
        "headcount.client._usage_data",
        "headcount.client.policy",
        "headcount.client.policy._file",
        "headcount.client.policy._policy",
    ]
