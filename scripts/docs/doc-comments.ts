import { type Function as Fn, parseSync } from 'oxc-parser'

interface Undocumented {
  readonly path: string
  readonly line: number
  readonly name: string
}

/**
 * The exported functions, classes and interfaces of a file that no doc comment speaks for. A factory may leave it to the
 * type that it returns, an interface to the comments of its members, `…Options` and `…Ports` to the function that takes
 * them. Types and constants may speak for themselves.
 */
export function findUndocumented(path: string, text: string): Undocumented[] {
  const { program, comments } = parseSync(path, text)
  const docs = comments.filter((it) => it.type === 'Block' && it.value.startsWith('*'))
  return program.body.flatMap((statement) => {
    if (statement.type !== 'ExportNamedDeclaration') return []
    const { declaration, start, end } = statement
    const name = nameToDocument(declaration)
    if (name === undefined) return []
    const above = docs.some((doc) => doc.end <= start && text.slice(doc.end, start).trim() === '')
    const inside = declaration?.type === 'TSInterfaceDeclaration' && docs.some((it) => it.start > start && it.end < end)
    return above || inside ? [] : [{ path, line: text.slice(0, start).split('\n').length, name }]
  })
}

type Statement = ReturnType<typeof parseSync>['program']['body'][number]
type Declaration = Extract<Statement, { type: 'ExportNamedDeclaration' }>['declaration']

function nameToDocument(declaration: Declaration): string | undefined {
  switch (declaration?.type) {
    case 'FunctionDeclaration':
      return isFactory(declaration) ? undefined : declaration.id?.name
    case 'ClassDeclaration':
      return declaration.id?.name
    case 'TSInterfaceDeclaration':
      return /(Options|Ports)$/.test(declaration.id.name) ? undefined : declaration.id.name
    default:
      return undefined
  }
}

function isFactory(declaration: Fn): boolean {
  const returned = declaration.returnType?.typeAnnotation.type
  return /^(create|open|start)[A-Z]/.test(declaration.id?.name ?? '') && returned === 'TSTypeReference'
}
