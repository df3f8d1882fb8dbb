"""What the tests share. No test module imports another; what two of them need is here.

Processes and commands
    command         run ``headcount``, in this process or as one of its own, and ``buildbot``
    zygote          processes that have imported Buildbot or the server, and fork the others
    masters         real masters, and a collector that records what reaches it
    serving         a real ``headcount serve`` or ``headcount ingest``
    last_wheel      the server and the commands of the wheel before this schema
    load            reports that are sent to a server which may be killed
    environments    other releases of Buildbot and Python, for the matrix
    requires        skip, or fail, where the machine lacks something
    waiting         wait for a condition, with a bound

The surroundings of a process
    certificates    an authority of the tests' own
    disks           a small disk that can be filled and made read-only
    hosts           another host's name, users, distribution and kernel
    namespaces      other files, and a network without a name server
    networks        hosts that are cut off from one another
    hostile         collectors and proxies that misbehave
    proxies         real proxies
    exchanges       requests to ingest without a socket
    collector       the edge of a collector in this process, over real sockets
    attacks         attacks from one block of addresses, and a fleet in another
    reactor         Twisted's reactor in a thread

Reports
    reports         a report with every field, and the endpoints' paths
    captures        what stock Buildbot of many releases posted
    profiles        profiles read back by code that shares nothing with what wrote them
    truths          reports of a fleet as the oracle takes them

Secrets
    markers         texts that stand for secrets, and the search for them
    secret_places   the places of a ``master.cfg`` that can hold a secret
    canary          configurations with a marker in every place
    leaks           what left the masters of a canary
    reporter_calls  a ``master.cfg`` that notes what the reporters call, and in which thread

Warehouses and answers
    tables          arrivals, and the tables that they come to
    loaded          a simulated fleet in a warehouse
    small_fleets    few reports, drawn to be awkward
    ways            every way to ask
    conformance     the suite's fleet, its answers on DuckDB, and what agrees with them
    publishing      a publication without a directory
    engines         the engines over which the suites run: how each opens a warehouse, and breaks off
    contents        what a warehouse holds, the same tables and columns on every engine
    histories       arrivals of all kinds, drawn
    derivations     what a warehouse holds, beside what the rule derives of it
    changes         each change of a warehouse, held against the rule
    clickhouse      clusters of Debian's ClickHouse, which can be killed, stopped and cut off

Mutants
    python_mutants  modules with one small thing changed
    sql_mutants     statements with one small thing changed
    mutant_trials   run tests against the mutants of a module
"""
