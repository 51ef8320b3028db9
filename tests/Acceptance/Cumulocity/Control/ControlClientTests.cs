using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Control;

/// <summary>The official JavaScript client, unchanged, as a person's program and as an agent: registration, alarms, operations, bulk operations and the audit log.</summary>
public sealed class ControlClientTests
{
    private const string Bootstrap = "the bootstrap password";
    private static readonly TestUser Admin = new("admin", "correct horse battery", "admin");

    [Fact]
    public async Task An_agent_registers_raises_alarms_and_works_on_operations()
    {
        using var folder = new ScratchFolder();
        await using var cloud = await CloudProcess.StartAsync(
            new CloudOptions
            {
                Data = folder.At("data"),
                Bootstrap = new TestBootstrap { DeviceBootstrap = Bootstrap }.Tenant("t1", [Admin]),
            }
        );
        var script = Path.Combine(await NodePackages.ClientsAsync(), "c8y-control.mjs");
        var address = cloud.Http.ToString().TrimEnd('/');

        var run = await CommandRun.RunAsync("node", script, address, "t1", Admin.Name, Admin.Password, Bootstrap);

        var found = JsonNode.Parse(run.Succeeded())!;
        AssertIs(
            """
            {
              "expected": {"status": 201, "is": "WAITING_FOR_CONNECTION"},
              "tooEarly": {"status": 422, "error": "devicecontrol/Invalid Data"},
              "waiting": {"status": 404, "error": "devicecontrol/Not Found"},
              "asked": ["npm-agent-1 PENDING_ACCEPTANCE"],
              "accepted": "ACCEPTED",
              "credentials": {"user": "device_npm-agent-1", "tenant": "t1"},
              "once": {"status": 404, "error": "devicecontrol/Not Found"},
              "limit": false,
              "forbidden": {"status": 403, "error": "security/Forbidden"},
              "alarm": {"status": 201, "severity": "MAJOR", "detail": {"value": 1.5}, "count": 2, "same": true, "text": "It is hot."},
              "counts": {"critical": 0, "major": 1, "minor": 0, "warning": 0},
              "acknowledged": "ACKNOWLEDGED",
              "alarmDetail": "ACKNOWLEDGED",
              "alarms": 1,
              "counted": 1,
              "bulkUpdate": 200,
              "cleared": 1,
              "wrongAlarm": {"status": 422, "error": "undefined/validationError"},
              "operation": {"status": 201, "is": "PENDING", "device": "npm agent"},
              "pending": true,
              "executing": "EXECUTING",
              "seen": "EXECUTING",
              "done": {"result": "ok"},
              "after": ["SUCCESSFUL"],
              "ended": {"status": 422, "error": "devicecontrol/Invalid Data"},
              "bulk": {"prototype": "Bulk", "of": true},
              "bulkProgress": {"pending": 0, "failed": 0, "executing": 0, "successful": 1, "all": 1},
              "bulkUpdated": 20,
              "bulkDeleted": 204,
              "audit": [
                "device_npm-agent-1: Operation updated: status='SUCCESSFUL'",
                "device_npm-agent-1: Operation updated: status='EXECUTING'",
                "admin: Operation created: status='PENDING'"
              ],
              "record": "Looked at"
            }
            """,
            found
        );
        Assert.Equal("CANCELED", (string)found["bulks"]![0]!);
    }

    /// <summary>Every member that is expected, one by one, so that a failure names it.</summary>
    private static void AssertIs(string expected, JsonNode found)
    {
        foreach (var (name, value) in JsonNode.Parse(expected)!.AsObject())
        {
            Assert.True(JsonNode.DeepEquals(value, found[name]), $"{name}: {found[name]?.ToJsonString()}");
        }
    }
}
