using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Domain;
using Serverless.Domain.Documents;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.Proficloud;

/// <summary>Errors of the time series service: a JSON object with one member, error, as its clients read it.</summary>
/// <remarks>Its documentation answers wrong input with 500, which makes clients try again in vain; we answer 400 unless the tenant asks for 500.</remarks>
internal static class ProficloudErrors
{
    public static Task WriteAsync(HttpContext context, int status, string message) =>
        JsonResponses.WriteAsync(
            context.Response,
            status,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("error", message);
                writer.WriteEndObject();
            }
        );

    /// <summary>Runs a handler; what it throws becomes this API's error.</summary>
    public static async Task GuardAsync(HttpContext context, TenantDirectory tenants, Caller? caller, Func<Task> handler)
    {
        try
        {
            await handler();
        }
        catch (DomainException forbidden) when (forbidden.Refusal == Refusal.Forbidden && !context.Response.HasStarted)
        {
            await WriteAsync(context, StatusCodes.Status403Forbidden, forbidden.Message);
        }
        catch (DomainException refused) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, await WrongInputStatusAsync(tenants, caller, context.RequestAborted), refused.Message);
        }
        catch (BodyTooLargeException large) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, StatusCodes.Status413PayloadTooLarge, large.Message);
        }
        catch (StoreUnavailableException away) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "1";
            await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, away.Message);
        }
    }

    private static async Task<int> WrongInputStatusAsync(TenantDirectory tenants, Caller? caller, CancellationToken cancellation)
    {
        var tenant = caller is null ? null : await tenants.FindAsync(caller.Tenant, cancellation);
        return tenant is { Value.Settings.ProficloudErrors500: true }
            ? StatusCodes.Status500InternalServerError
            : StatusCodes.Status400BadRequest;
    }
}
