using System.Globalization;
using Serverless.Domain.Devices;

namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>What this API calls things of the domain.</summary>
internal static class ThingseeNames
{
    /// <summary>The external id that is a thing's TUID; a device without one is called by its id.</summary>
    public const string ExternalIdType = "tuid";

    /// <summary>The group of things that are in none.</summary>
    public const string Unassigned = "unassigned";

    private const string FieldPrefix = $"{ThingseeMessage.Form}.";

    public static string Tuid(this DeviceTwin twin) => twin.NameIn(ExternalIdType);

    /// <summary>deploymentGroupId, which is never null.</summary>
    public static string GroupId(this DeviceTwin twin) => twin.Group ?? Unassigned;

    /// <summary>The field of $message that keeps messages of this tsmId as they were sent.</summary>
    public static string FieldOf(int tsmId) => FieldPrefix + tsmId.ToString(CultureInfo.InvariantCulture);

    /// <summary>The tsmId of such a field, or null where the field is another form's.</summary>
    public static int? IdOf(string field) =>
        field.StartsWith(FieldPrefix, StringComparison.Ordinal)
        && int.TryParse(field.AsSpan(FieldPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
