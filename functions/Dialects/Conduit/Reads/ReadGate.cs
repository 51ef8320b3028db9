using Microsoft.AspNetCore.Http;
using Serverless.Domain;
using Serverless.Domain.Limits;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Conduit.Reads;

/// <summary>Lets reads in: by the token's switch, the user's role, and one in so many seconds for a token, whichever instance it asks.</summary>
internal sealed class ReadGate(TenantDirectory tenants, RateWindows rates)
{
    /// <returns>The tenant's limits, or null where the request has been answered with 429.</returns>
    /// <exception cref="DomainException">The caller may not read.</exception>
    public async Task<ConduitSettings?> EnterAsync(HttpContext context, ConduitCaller caller)
    {
        caller.Require(ConduitService.Http);
        caller.RequireRead();
        var tenant = caller.Caller.Tenant;
        var settings = (await tenants.GetAsync(tenant, context.RequestAborted)).Value.Settings.Conduit;
        var window = TimeSpan.FromSeconds(settings.ReadSeconds);
        if (await rates.TakeAsync(tenant, $"conduit-{caller.Key}", window, context.RequestAborted) is not { } wait)
        {
            return settings;
        }

        await ConduitErrors.WriteTooManyAsync(context, wait);
        return null;
    }

    /// <exception cref="DomainException">The range is longer than the tenant's settings allow.</exception>
    public static void CheckRange(SecondRange range, ConduitSettings settings)
    {
        if (settings.MaxRangeDays > 0 && range.To - range.From > TimeSpan.FromDays(settings.MaxRangeDays).TotalSeconds)
        {
            throw DomainException.Invalid("tcdt", $"A range has at most {settings.MaxRangeDays} days.");
        }
    }
}
