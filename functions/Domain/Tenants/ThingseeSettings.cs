namespace Serverless.Domain.Tenants;

/// <summary>A tenant's choices for the Thingsee API.</summary>
public sealed record ThingseeSettings
{
    /// <summary>Whether a group's id must be built as Haltian prescribes it; else it is any word.</summary>
    public bool StrictGroupIds { get; init; } = true;
}
