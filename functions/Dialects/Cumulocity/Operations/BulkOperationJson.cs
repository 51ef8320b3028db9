using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Commands;

namespace Serverless.Dialects.Cumulocity.Operations;

/// <summary>A bulk operation as the API writes it (reference 1.8).</summary>
internal static class BulkOperationJson
{
    public const string Type = "bulkoperation";

    public static JsonObject Of(BulkOperation bulk, BulkProgress progress, SelfUrls urls)
    {
        var shown = new JsonObject { ["id"] = bulk.Id, ["self"] = SelfOf(bulk, urls) };
        if (bulk.Group is { } group)
        {
            shown["groupId"] = group;
        }

        if (bulk.FailedParent is { } parent)
        {
            shown["failedParentId"] = parent;
        }

        shown["startDate"] = Times.Of(bulk.Start);
        shown["creationRamp"] = bulk.RampSeconds;
        shown["operationPrototype"] = bulk.Prototype.DeepClone();
        shown["status"] = bulk.Status == BulkStatus.InProgress ? "IN_PROGRESS" : bulk.Status.ToString().ToUpperInvariant();
        shown["generalStatus"] = GeneralStatus(bulk, progress);
        shown["progress"] = new JsonObject
        {
            ["pending"] = progress.Pending,
            ["failed"] = progress.Failed,
            ["executing"] = progress.Executing,
            ["successful"] = progress.Successful,
            ["all"] = progress.All,
        };
        return shown;
    }

    public static string SelfOf(BulkOperation bulk, SelfUrls urls) => urls.Of($"/devicecontrol/bulkoperations/{bulk.Id}");

    private static string GeneralStatus(BulkOperation bulk, BulkProgress progress) =>
        bulk.Status switch
        {
            BulkStatus.Active => "SCHEDULED",
            BulkStatus.InProgress => progress.Failed > 0 ? "EXECUTING_WITH_ERRORS" : "EXECUTING",
            BulkStatus.Deleted => "CANCELED",
            _ => progress.Failed > 0 ? "FAILED" : "SUCCESSFUL",
        };
}
