using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Inventory;

/// <summary>The official JavaScript client, unchanged, on inventory, identity, binaries, options, the user and logins.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class ClientTests(SharedCloud shared)
{
    [Fact]
    public async Task The_official_client_works_on_the_inventory()
    {
        var script = Path.Combine(await NodePackages.ClientsAsync(), "c8y-inventory.mjs");
        var address = shared.Cloud.Http.ToString().TrimEnd('/');

        var run = await CommandRun.RunAsync("node", script, address, "t1", SharedCloud.Admin.Name, SharedCloud.Admin.Password);

        var found = JsonNode.Parse(run.Succeeded())!;
        AssertIs(
            """
            {
              "tenant": "t1",
              "created": {"status": 201, "custom": {"n": 1.5, "list": [1, null]}, "id": "string"},
              "detail": {"name": "npm device", "owner": "admin", "children": []},
              "updated": {"name": "it's (new) [name]", "custom": null},
              "missing": {
                "status": 404,
                "error": "inventory/Not Found",
                "message": "Finding device data from database failed : No managedObject for id '1'!"
              },
              "query": ["npm list 1"],
              "devices": ["it's (new) [name]"],
              "raw": ["npm list 2", "npm list 1", "npm list 0"],
              "badQuery": {
                "status": 422,
                "error": "inventory/Invalid Data",
                "message": "Find by filter query failed : Query could not be understood. Character 6: one of eq, ne, lt, le, gt and ge is expected, and not 'like'."
              },
              "count": 3,
              "children": {
                "added": true,
                "devices": ["npm child"],
                "page": 1,
                "additions": ["npm part", "npm child"],
                "assets": ["npm asset"],
                "hierarchy": ["npm asset", "npm child", "npm part"]
              },
              "removed": 204,
              "left": [],
              "identity": {
                "status": 201,
                "detail": true,
                "list": [true],
                "taken": {"status": 409, "error": "identity/Duplicate", "message": "Identity already bound to a different Global ID."},
                "deleted": 204,
                "gone": 404
              },
              "binary": {"status": 201, "length": 11, "type": "text/plain", "text": "Hello, file", "listed": true, "deleted": 204},
              "options": {"created": "one", "updated": "two", "detail": "two", "listed": true, "deleted": 204, "system": "version"},
              "user": {"effective": true, "whole": true, "updated": "Npm"},
              "oauth": ["it's (new) [name]"],
              "cookie": ["it's (new) [name]"],
              "wrong": 401,
              "basic": true,
              "deleted": 204,
              "after": 404
            }
            """,
            found
        );
        Assert.Equal("""["npm list 0","npm list 1"]""", found["list"]!["first"]!.ToJsonString());
        Assert.Equal("""["npm list 2"]""", found["list"]!["second"]!.ToJsonString());
        Assert.Equal(2, (int)found["list"]!["pages"]!);
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
