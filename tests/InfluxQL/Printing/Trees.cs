using FsCheck;
using FsCheck.Fluent;
using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Tests.Printing;

/// <summary>Random trees as a parser makes them: operations grouped by precedence, literals of the kinds that can be written.</summary>
internal static class Trees
{
    private static readonly Gen<string> Name = Gen.Elements(
        "a",
        "usage",
        "b c",
        "select",
        "ü",
        "x\"y",
        "back\\slash",
        "l\nf",
        "a.b",
        "_1",
        "9"
    );
    private static readonly Gen<string> Text = Gen.Elements("", "x", "it's", "a\\b", "l\nf", "\"q\"", "2020-01-01", "日本 🙂");
    private static readonly Gen<RegexLiteral> Regex = Gen.Elements("a", "", "^a/b$", "a\\/b", "\\d+|(?i)x", "[[:alpha:]]")
        .Select(p => new RegexLiteral(p));
    private static readonly Gen<long> Duration = Gen.Elements(
        0,
        1,
        1_000,
        1_500_000,
        -60_000_000_000,
        5_400_000_000_000,
        604_800_000_000_000
    );
    private static readonly Gen<long> Count = Gen.Elements(0L, 1, 5, long.MaxValue);

    private static readonly Gen<Token> Arithmetic = Gen.Elements(
        Token.Add,
        Token.Sub,
        Token.Mul,
        Token.Div,
        Token.Mod,
        Token.BitwiseAnd,
        Token.BitwiseOr,
        Token.BitwiseXor
    );

    private static readonly Gen<Token> Logical = Gen.Elements(
        Token.And,
        Token.Or,
        Token.Eq,
        Token.Neq,
        Token.Lt,
        Token.Lte,
        Token.Gt,
        Token.Gte,
        Token.Add,
        Token.Mul
    );

    private static readonly Gen<DataType> Cast = Gen.Elements(
        DataType.Unknown,
        DataType.Float,
        DataType.Integer,
        DataType.Unsigned,
        DataType.String,
        DataType.Boolean,
        DataType.AnyField,
        DataType.Tag
    );

    private static readonly Gen<double> Number = Gen.OneOf(
        Gen.Choose(-100_000, 100_000).Select(n => n / 1000.0),
        Gen.Elements(1e300, 1.5e-7, 123456.789012345, 0.1, 1e15, 9007199254740993.0)
    );

    public static Gen<Expr> Expr(int depth, Gen<Token> operators) =>
        depth == 0
            ? Leaf()
            : Gen.Frequency(
                (3, Leaf()),
                (2, Binary(depth, operators)),
                (1, Expr(depth - 1, operators).Select(inner => (Expr)new ParenExpr(inner))),
                (1, CallOf(depth))
            );

    public static Gen<SelectStatement> Select(int depth) =>
        from fields in List(1, 3, from expr in FieldExpr(depth) from alias in Optional(Name) select new Field(expr, alias))
        from target in Optional(Target())
        from sources in List(
            1,
            3,
            depth == 0
                ? MeasurementOf().Select(m => (Source)m)
                : Gen.Frequency((3, MeasurementOf().Select(m => (Source)m)), (1, Select(depth - 1).Select(s => (Source)new SubQuery(s))))
        )
        from condition in Optional(Condition(depth))
        from dimensions in List(0, 3, DimensionOf())
        from fill in FillOf()
        from sort in Gen.Elements<ValueList<SortField>>([], [new("time", true)], [new("time", false)], [new(null, false)])
        from rows in PageOf()
        from series in PageOf()
        from zone in Gen.Elements(null, "UTC", "Europe/Paris")
        select new SelectStatement
        {
            Fields = fields,
            Target = target,
            Sources = sources,
            Condition = condition,
            Dimensions = dimensions,
            Fill = fill,
            Sort = sort,
            Rows = rows,
            Series = series,
            TimeZone = zone,
        };

    public static Gen<Statement> Statement() =>
        Gen.OneOf(
            Select(2).Select(s => (Statement)s),
            from s in Select(1)
            from analyze in Gen.Elements(true, false)
            select (Statement)new ExplainStatement(s, analyze),
            from m in List(1, 2, LocalMeasurement())
            from c in Optional(Condition(1))
            select (Statement)new DeleteStatement(m, c),
            from c in Condition(1)
            select (Statement)new DropSeriesStatement([], c),
            from n in Name
            select (Statement)new DropMeasurementStatement(n),
            from d in Optional(Name)
            from m in Optional(MeasurementOf())
            from c in Optional(Condition(1))
            from p in PageOf()
            select (Statement)new ShowMeasurementsStatement(d, m, c, [], p),
            from d in Optional(Name)
            from m in List(0, 2, MeasurementOf().Select(m => (Source)m))
            from k in Keys()
            from c in Optional(Condition(1))
            from p in PageOf()
            select (Statement)new ShowTagValuesStatement(d, m, k, c, [], p),
            from kind in Gen.Elements(Enum.GetValues<CardinalityKind>())
            from exact in Gen.Elements(true, false)
            from d in Optional(Name)
            from k in Keys()
            from c in Optional(Condition(1))
            from g in List(0, 2, DimensionOf())
            select (Statement)
                new ShowCardinalityStatement(kind, exact)
                {
                    Database = d,
                    Keys = kind == CardinalityKind.TagValues ? k : null,
                    Condition = c,
                    Dimensions = g,
                },
            from kind in Gen.Elements(Enum.GetValues<ShowKind>())
            select (Statement)new ShowStatement(kind),
            from n in Name
            from d in Duration
            from shard in Duration
            select (Statement)new CreateDatabaseStatement(n, new NewPolicy(n, Math.Abs(d), 1, Math.Abs(shard))),
            from n in Name
            from d in Name
            from t in Duration
            from shard in Duration
            from isDefault in Gen.Elements(true, false)
            select (Statement)new CreateRetentionPolicyStatement(n, d, Math.Abs(t), 3, Math.Abs(shard), isDefault),
            from n in Name
            from d in Name
            from t in Duration
            select (Statement)new AlterRetentionPolicyStatement(n, d, Math.Abs(t), null, null, false),
            from n in Name
            from d in Name
            from p in Gen.Elements(Enum.GetValues<Privilege>())
            select (Statement)new GrantStatement(p, n, d),
            from n in Name
            from d in Name
            from t in List(1, 3, Text)
            select (Statement)new CreateSubscriptionStatement(n, d, n, true, t)
        );

    private static Gen<Expr> FieldExpr(int depth) => Gen.Frequency((4, Expr(depth, Arithmetic)), (1, Regex.Select(r => (Expr)r)));

    private static Gen<Expr> Condition(int depth) =>
        Gen.Frequency(
            (3, Expr(depth + 1, Logical)),
            (
                1,
                from n in Name
                from op in Gen.Elements(Token.EqRegex, Token.NeqRegex)
                from r in Regex
                select (Expr)new BinaryExpr(op, new VarRef(n), r)
            )
        );

    private static Gen<Expr> Leaf() =>
        Gen.OneOf(
            from name in Name
            from cast in Cast
            select (Expr)new VarRef(name, cast),
            Number.Select(n => (Expr)new NumberLiteral(n)),
            Gen.Choose(-1000, 1000).Select(n => (Expr)new IntegerLiteral(n)),
            Gen.Elements<Expr>(
                new UnsignedLiteral(ulong.MaxValue),
                new IntegerLiteral(long.MinValue),
                new BooleanLiteral(true),
                new BooleanLiteral(false)
            ),
            Text.Select(t => (Expr)new StringLiteral(t)),
            Duration.Select(d => (Expr)new DurationLiteral(d)),
            Gen.Elements<Expr>(new Wildcard(), new Wildcard(WildcardKind.Fields), new Wildcard(WildcardKind.Tags)),
            Name.Select(n => (Expr)new DistinctExpr(n))
        );

    private static Gen<Expr> Binary(int depth, Gen<Token> operators) =>
        from op in operators
        from left in Expr(depth - 1, operators)
        from right in Expr(depth - 1, operators)
        select (Expr)
            new BinaryExpr(
                op,
                left is BinaryExpr l && l.Operator.Precedence() < op.Precedence() ? new ParenExpr(left) : left,
                right is BinaryExpr r && r.Operator.Precedence() <= op.Precedence() ? new ParenExpr(right) : right
            );

    private static Gen<Expr> CallOf(int depth) =>
        from name in Gen.Elements("mean", "count", "distinct", "my f", "select", "time")
        from arguments in List(0, 3, FieldExpr(depth - 1))
        select (Expr)new Call(name, arguments);

    private static Gen<Dimension> DimensionOf() =>
        Gen.OneOf(
            Name.Select(n => new Dimension(new VarRef(n))),
            Regex.Select(r => new Dimension(r)),
            Duration.Select(d => new Dimension(new Call("time", [new DurationLiteral(d)]))),
            Gen.Constant(new Dimension(new Wildcard()))
        );

    private static Gen<Fill> FillOf() =>
        Gen.OneOf(
            Gen.Elements(Fill.Default, new Fill(FillOption.None), new Fill(FillOption.Previous), new Fill(FillOption.Linear)),
            Gen.Choose(-5, 5).Select(n => new Fill(FillOption.Number, new IntegerLiteral(n))),
            Gen.Choose(-5, 5).Select(n => new Fill(FillOption.Number, new NumberLiteral(n + 0.5)))
        );

    private static Gen<Measurement> MeasurementOf() =>
        from database in Optional(Name)
        from policy in Optional(Name)
        from name in Name
        from regex in Optional(Regex)
        select new Measurement(database, policy, regex is null ? name : "", regex);

    private static Gen<Source> LocalMeasurement() => Name.Select(n => (Source)new Measurement(null, null, n));

    private static Gen<Target> Target() =>
        from database in Optional(Name)
        from policy in Optional(Name)
        from name in Optional(Name)
        select new Target(database, policy, name);

    private static Gen<TagKeyFilter> Keys() =>
        Gen.OneOf(
            from n in Name
            from op in Gen.Elements(Token.Eq, Token.Neq)
            select new TagKeyFilter(op, new StringLiteral(n)),
            from r in Regex
            from op in Gen.Elements(Token.EqRegex, Token.NeqRegex)
            select new TagKeyFilter(op, r),
            from n in List(1, 3, Name)
            select new TagKeyFilter(Token.In, new ListLiteral(n))
        );

    private static Gen<Page> PageOf() => from limit in Count from offset in Count select new Page(limit, offset);

    private static Gen<T?> Optional<T>(Gen<T> some)
        where T : class => Gen.OneOf(Gen.Constant<T?>(null), some.Select(value => (T?)value));

    private static Gen<ValueList<T>> List<T>(int min, int max, Gen<T> item)
        where T : notnull => Gen.Choose(min, max).SelectMany(count => item.ArrayOf(count)).Select(items => (ValueList<T>)[.. items]);
}
