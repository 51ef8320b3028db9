using Serverless.Domain.Audit;
using Serverless.Domain.Changes;

namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>What the domain is told of a request: who makes it, and what it is to do beside its answer.</summary>
internal static class RequestEffects
{
    public static Effects Effects(this CumulocityRequest request) => request.ProcessingMode.ToEffects();

    /// <summary>Whether those who listen are told.</summary>
    public static bool IsTold(this CumulocityRequest request) => request.Effects().HasFlag(Domain.Changes.Effects.Tell);

    public static AuditActor Actor(this CumulocityRequest request) => new(request.Caller.User, ApplicationOf(request));

    /// <summary>The application that the caller says it is, or null.</summary>
    public static string? ApplicationOf(CumulocityRequest request) =>
        request.Context.Request.Headers["X-Cumulocity-Application-Key"].ToString() is { Length: > 0 and <= 256 } key ? key : null;
}
