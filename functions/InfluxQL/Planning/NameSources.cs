using Serverless.InfluxQL.Ast;
using Serverless.TimeSeries;

namespace Serverless.InfluxQL.Planning;

/// <summary>What a source offers under which name: fields with a type, and tags.</summary>
internal abstract class NameSource
{
    /// <summary>The type of a field or tag; unknown if there is none of that name.</summary>
    /// <exception cref="TypeException">It is made by an expression whose types do not fit.</exception>
    public abstract DataType TypeOf(string name);

    /// <summary>Whether an inner SELECT groups by it.</summary>
    public virtual bool GroupsBy(string name) => false;

    /// <summary>Adds its fields, where types differ with the one that goes before, and its tags.</summary>
    public abstract void Collect(Dictionary<string, DataType> fields, HashSet<string> tags);

    protected static void Add(Dictionary<string, DataType> fields, string name, DataType type)
    {
        if (fields.GetValueOrDefault(name).YieldsTo(type))
        {
            fields[name] = type;
        }
    }
}

/// <summary>The measurements that one source names.</summary>
internal sealed class MeasurementNames : NameSource
{
    private readonly Dictionary<string, DataType> fields = [];
    private readonly HashSet<string> tags = [];

    public MeasurementNames(IReadOnlyList<MeasurementSource> measurements)
    {
        Measurements = measurements;
        var known = default(IReadOnlyList<FieldInfo>);
        foreach (var series in measurements.SelectMany(measurement => measurement.Series))
        {
            // Series of one measurement mostly have the same fields, and then share the list.
            if (!ReferenceEquals(series.Fields, known))
            {
                known = series.Fields;
                foreach (var field in known)
                {
                    Add(fields, field.Name, DataTypes.Of(field.Type));
                }
            }

            foreach (var (key, _) in series.Tags.Tags)
            {
                tags.Add(key);
            }
        }
    }

    public IReadOnlyList<MeasurementSource> Measurements { get; }

    public override DataType TypeOf(string name) =>
        fields.TryGetValue(name, out var type) ? type
        : tags.Contains(name) ? DataType.Tag
        : name is "_name" or "_tagKey" or "_tagValue" or "_seriesKey" ? DataType.String
        : DataType.Unknown;

    public override void Collect(Dictionary<string, DataType> fields, HashSet<string> tags)
    {
        foreach (var (name, type) in this.fields)
        {
            Add(fields, name, type);
        }

        tags.UnionWith(this.tags);
    }
}

/// <summary>The fields and dimensions of an inner SELECT.</summary>
internal sealed class SelectNames(BoundSelect select) : NameSource
{
    private readonly TypeInference types = new(select.Sources);

    public BoundSelect Select { get; } = select;

    public override DataType TypeOf(string name) => Find(name) is { } expr ? types.TypeOf(expr) : DataType.Unknown;

    public override bool GroupsBy(string name) =>
        Select.Statement.Dimensions.Any(dimension => dimension.Expr is VarRef tag && tag.Name == name);

    public override void Collect(Dictionary<string, DataType> fields, HashSet<string> tags)
    {
        foreach (var field in Select.Statement.Fields)
        {
            Add(fields, ColumnNames.NameOf(field), types.TypeOrUnknown(field.Expr));
        }

        foreach (var dimension in Select.Statement.Dimensions)
        {
            if (dimension.Expr is VarRef tag)
            {
                tags.Add(tag.Name);
            }
        }
    }

    /// <summary>The first field of that name; the tags of top() and bottom() are found too.</summary>
    private Expr? Find(string name)
    {
        foreach (var field in Select.Statement.Fields)
        {
            if (ColumnNames.NameOf(field) == name)
            {
                return field.Expr;
            }

            if (ColumnNames.ExtraColumns(field.Expr).FirstOrDefault(extra => extra.Name == name) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
