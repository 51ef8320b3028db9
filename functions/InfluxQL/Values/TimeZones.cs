namespace Serverless.InfluxQL.Values;

/// <summary>Time zones by their IANA names.</summary>
public static class TimeZones
{
    /// <summary>The zone of that name, in the same case; UTC for an empty name, the machine's for "Local"; null if there is none.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name is "" or "UTC")
        {
            return TimeZoneInfo.Utc;
        }

        if (name == "Local")
        {
            return TimeZoneInfo.Local;
        }

        var isPath = name[0] is '/' or '\\' || name.Contains("..", StringComparison.Ordinal) || name.Contains('\0');
        return !isPath && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.Id == name && zone.HasIanaId ? zone : null;
    }
}
