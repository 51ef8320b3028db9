using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.InfluxQL.Execution;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Statements;

/// <summary>
/// How devices' series are called: a number that a device sends as temp is the field value of measurement temp, and known as auto~temp, by which Proficloud's users ask for it. The other
/// fields of a measurement are known under its own name, under which whoever asks for it finds all of them.
/// </summary>
internal static class DeviceNames
{
    private const string Automatic = "auto~";

    /// <summary>The series as it is listed: under one name or the other or, where it has fields of both kinds, both; as far as these are wanted.</summary>
    public static IEnumerable<SeriesInfo> Listed(RetentionPolicy policy, SeriesInfo series, Func<string, bool> isWanted)
    {
        var byName = isWanted(series.Measurement);
        if (!IsAutomatic(policy, series) || !isWanted(NameOf(series)))
        {
            return byName ? [series] : [];
        }

        var value = series with { Measurement = NameOf(series), Fields = FieldsOf(series, isValue: true) };
        var others = FieldsOf(series, isValue: false);
        return byName && others.Count > 0 ? [value, series with { Fields = others }] : [value];
    }

    /// <summary>The measurement that a device's name stands for; null where it is no such name.</summary>
    public static string? MeasurementOf(RetentionPolicy policy, string name) =>
        policy.Partition == Tenant.DeviceDatabase && name.StartsWith(Automatic, StringComparison.Ordinal) ? name[Automatic.Length..] : null;

    public static bool IsAutomatic(RetentionPolicy policy, SeriesInfo series) =>
        policy.Partition == Tenant.DeviceDatabase
        && series.Tags[Tenant.DeviceTag] is not null
        && series.Fields.Any(field => field.Name == Readings.ValueField);

    public static string NameOf(SeriesInfo series) => Automatic + series.Measurement;

    /// <summary>The series with its field value alone; its measurement stays.</summary>
    public static SeriesInfo ValueOf(SeriesInfo series) => series with { Fields = FieldsOf(series, isValue: true) };

    /// <summary>Whether a series is to be erased. What a device's name stands for can be erased only with all of the series' fields.</summary>
    /// <exception cref="QueryException">The series has other fields too, which nobody asked to erase.</exception>
    public static bool IsDoomed(RetentionPolicy policy, SeriesInfo series, Func<string, bool> isWanted)
    {
        if (isWanted(series.Measurement))
        {
            return true;
        }

        if (!IsAutomatic(policy, series) || !isWanted(NameOf(series)))
        {
            return false;
        }

        return FieldsOf(series, isValue: false).Count == 0
            ? true
            : throw new QueryException(
                $"{NameOf(series)} is the field {Readings.ValueField} of measurement {series.Measurement}, which has other fields too: delete from {series.Measurement}"
            );
    }

    private static IReadOnlyList<FieldInfo> FieldsOf(SeriesInfo series, bool isValue) =>
        [.. series.Fields.Where(field => field.Name == Readings.ValueField == isValue)];
}
