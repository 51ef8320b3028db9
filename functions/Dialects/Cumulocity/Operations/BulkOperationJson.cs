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
        shown["status"] = Status(bulk);
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

    /// <summary>The API's status is that of giving the operations: COMPLETED says that every device has had its turn, and generalStatus what became of it.</summary>
    private static string Status(BulkOperation bulk) =>
        bulk.Status == BulkStatus.InProgress && !AreAllGiven(bulk) ? "IN_PROGRESS"
        : bulk.Status == BulkStatus.InProgress ? "COMPLETED"
        : bulk.Status.ToString().ToUpperInvariant();

    private static bool AreAllGiven(BulkOperation bulk) => bulk.Given == bulk.Devices?.Count;

    private static string GeneralStatus(BulkOperation bulk, BulkProgress progress) =>
        bulk.Status switch
        {
            BulkStatus.Active => "SCHEDULED",
            BulkStatus.InProgress when !AreAllGiven(bulk) || progress.Pending + progress.Executing > 0 => progress.Failed > 0
                ? "EXECUTING_WITH_ERRORS"
                : "EXECUTING",
            BulkStatus.Deleted => "CANCELED",
            _ => progress.Failed > 0 ? "FAILED" : "SUCCESSFUL",
        };
}
