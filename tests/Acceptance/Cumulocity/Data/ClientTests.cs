using System.Text.Json.Nodes;
using Serverless.Acceptance.Tests.Support;

namespace Serverless.Acceptance.Tests.Cumulocity.Data;

/// <summary>The official JavaScript client, unchanged, on measurements, events and their files.</summary>
[Collection(SharedCloudTests.Name)]
public sealed class ClientTests(SharedCloud shared)
{
    [Fact]
    public async Task The_official_client_works_on_measurements_and_events()
    {
        using var management = await ManagementClient.LogInAsync(shared.Cloud.Http, SharedCloud.Admin);
        var device = await management.DoAsync(HttpMethod.Post, "devices", new JsonObject { ["name"] = "npm data" });
        var script = Path.Combine(await NodePackages.ClientsAsync(), "c8y-data.mjs");
        var address = shared.Cloud.Http.ToString().TrimEnd('/');

        var run = await CommandRun.RunAsync(
            "node",
            script,
            address,
            "t1",
            SharedCloud.Admin.Name,
            SharedCloud.Admin.Password,
            (string)device!["id"]!
        );

        AssertIs(
            """
            {
              "created": {"status": 201, "type": "c8y_Measurement", "source": true},
              "detail": {
                "id": true,
                "time": "2024-05-01T00:00:03.000Z",
                "type": "npm_Odd",
                "npm_Steam": {"T": {"value": 23, "unit": "C"}, "P": {"value": 1.5}}
              },
              "list": {"first": [20, 21, 22], "totalPages": 3, "second": [23, 24, 25], "third": [26], "end": null},
              "reverted": [26, 25],
              "filtered": [21, 23, 25],
              "series": {
                "values": {"2024-05-01T00:00:00.000Z": [{"min": 20, "max": 26}, {"min": 0, "max": 3}]},
                "series": [{"unit": "C", "name": "T", "type": "npm_Steam"}, {"unit": "", "name": "P", "type": "npm_Steam"}],
                "truncated": false
              },
              "raw": [[{"min": 0, "max": 0}], [{"min": 0.5, "max": 0.5}]],
              "file": {
                "status": 200,
                "lines": [
                  "time,source,device_name,fragment.series,value,unit",
                  "2024-05-01T00:00:00.000Z,DEVICE,npm data,npm_Steam.T,20,C",
                  "2024-05-01T00:00:00.000Z,DEVICE,npm data,npm_Steam.P,0,"
                ]
              },
              "deleted": 204,
              "gone": {"status": 404, "error": "measurement/Not Found", "message": "Finding measurement from database failed"},
              "wrong": {"status": 422, "error": "measurement/Invalid Data", "message": "There is no managed object '1' to be the source."},
              "event": {"status": 201, "id": "string", "custom": {"n": [1, 2.5]}},
              "updated": {"text": "updated", "custom": null},
              "events": {"texts": ["updated"], "totalPages": 2, "next": ["older"]},
              "oldest": ["older", "updated"],
              "upload": {"status": 201, "source": true, "type": "application/octet-stream"},
              "attached": 6,
              "twice": {"status": 409, "error": "Duplicate", "message": "Attachment already exists"},
              "download": true,
              "detached": 204,
              "none": {"status": 404, "error": "Not Found", "message": "Attachment not found"},
              "eventDeleted": 204,
              "eventGone": {"status": 404, "error": "event/Not Found", "message": "Finding event from database failed"},
              "incomplete": {
                "status": 422,
                "error": "undefined/validationError",
                "message": "Following mandatory fields should be included: text,time"
              }
            }
            """,
            JsonNode.Parse(run.Succeeded())!
        );
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
