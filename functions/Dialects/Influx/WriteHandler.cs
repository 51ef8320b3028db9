using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;
using Serverless.InfluxQL.LineProtocol;
using Serverless.TimeSeries;

namespace Serverless.Dialects.Influx;

/// <summary>/write: stores the lines that can be stored, and says which cannot.</summary>
internal sealed class WriteHandler(SeriesStore series, IPointIngest ingest, DatabaseDirectory databases, TimeProvider time)
{
    private static readonly string[] Consistencies = ["", "any", "one", "quorum", "all"];

    private readonly FieldTypes types = new(series);

    public async Task HandleAsync(HttpContext context, Caller caller)
    {
        try
        {
            var (status, error) = await WriteAsync(context.Request, caller, context.RequestAborted);
            if (error is null)
            {
                context.Response.ContentType = "application/json";
                context.Response.StatusCode = status;
                return;
            }

            await InfluxErrors.WriteAsync(context, status, error);
        }
        catch (BodyTooLargeException)
        {
            await InfluxErrors.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, InfluxErrors.TooLarge);
        }
        catch (InvalidDataException broken)
        {
            await InfluxErrors.WriteAsync(context, StatusCodes.Status400BadRequest, broken.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
    }

    private async Task<(int Status, string? Error)> WriteAsync(HttpRequest request, Caller caller, CancellationToken cancellation)
    {
        var name = request.Query["db"].FirstOrDefault() is { Length: > 0 } given ? given : Tenant.DeviceDatabase;
        if (await databases.FindAsync(caller.Tenant, name, cancellation) is not { } database)
        {
            return (StatusCodes.Status404NotFound, $"database not found: {Quote(name)}");
        }

        if (!caller.MayWrite)
        {
            return (StatusCodes.Status403Forbidden, $"{Quote(caller.User)} user is not authorized to write to database {Quote(name)}");
        }

        var body = await WriteBody.ReadAsync(request, cancellation);
        var received = time.GetUtcNow();
        var now = (received - DateTimeOffset.UnixEpoch).Ticks * 100;
        var batch = LineParser.Parse(body.Span, now, request.Query["precision"].FirstOrDefault() ?? "n");
        var errors = string.Join('\n', batch.Errors);
        if (batch.Points.Count == 0 && batch.Dropped == 0 && errors.Length > 0)
        {
            return (StatusCodes.Status400BadRequest, errors);
        }

        var consistency = request.Query["consistency"].FirstOrDefault() ?? "";
        if (!Consistencies.Contains(consistency, StringComparer.OrdinalIgnoreCase))
        {
            return (StatusCodes.Status400BadRequest, "invalid consistency level");
        }

        var policyName = request.Query["rp"].FirstOrDefault();
        if (database.FindPolicy(policyName) is not { } policy)
        {
            var wanted = string.IsNullOrEmpty(policyName) ? database.DefaultPolicy : policyName;
            return (StatusCodes.Status500InternalServerError, $"retention policy not found: {wanted}");
        }

        return await StoreAsync(caller.Tenant, policy, batch, errors, received, cancellation) is { } reason
            ? (StatusCodes.Status400BadRequest, $"partial write: {reason}")
            : (StatusCodes.Status204NoContent, null);
    }

    /// <returns>Why some lines were not stored, and how many; null where all were.</returns>
    private async Task<string?> StoreAsync(
        string tenant,
        RetentionPolicy policy,
        LineBatch batch,
        string errors,
        DateTimeOffset received,
        CancellationToken cancellation
    )
    {
        var check = new TypeCheck(types, tenant, policy.Partition);
        var gate = check.IsKnown(batch.Points) ? null : await types.EnterAsync(tenant, policy.Partition, cancellation);
        try
        {
            var points = await check.CheckAsync(batch, policy.Cutoff(received), cancellation);
            await (
                policy.Partition == Tenant.DeviceDatabase
                    ? ingest.WriteAsync(tenant, points, received, cancellation)
                    : series.WriteAsync(tenant, policy.Partition, points, cancellation)
            );
        }
        catch (ArgumentException tooLarge)
        {
            return $"{tooLarge.Message} dropped={batch.LineEnds.Count + batch.Dropped}";
        }
        finally
        {
            gate?.Release();
        }

        var dropped = batch.Dropped + check.Conflicts;
        return dropped > 0 ? $"{batch.DropReason ?? check.Conflict} dropped={dropped}"
            : check.Beyond > 0 ? $"points beyond retention policy dropped={check.Beyond}"
            : errors.Length > 0 ? $"{errors} dropped=0"
            : null;
    }

    /// <summary>Go's %q, as far as names go.</summary>
    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
